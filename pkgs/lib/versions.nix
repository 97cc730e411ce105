/**
  Versions, part by part.
*/
{ lib }:
let
  inherit (builtins) elemAt length splitVersion;
in
{
  inherit (builtins) compareVersions splitVersion;

  /**
    The first number.

    # Type
    `string -> string`

    # Example
    ```nix
    lib.versions.major "1.2.3"
    => "1"
    ```
  */
  major = version: elemAt (splitVersion version) 0;

  /**
    The second number.

    # Type
    `string -> string`

    # Example
    ```nix
    lib.versions.minor "1.2.3"
    => "2"
    ```
  */
  minor = version: elemAt (splitVersion version) 1;

  /**
    The third number.

    # Type
    `string -> string`

    # Example
    ```nix
    lib.versions.patch "1.2.3"
    => "3"
    ```
  */
  patch = version: elemAt (splitVersion version) 2;

  /**
    The first two numbers.

    # Type
    `string -> string`

    # Example
    ```nix
    lib.versions.majorMinor "1.2.3"
    => "1.2"
    ```
  */
  majorMinor = version: lib.concatStringsSep "." (lib.take 2 (splitVersion version));

  /**
    A version of exactly `n` parts: zeros are added, or further parts taken away. What follows a
    dash stays.

    # Type
    `int -> string -> string`

    # Example
    ```nix
    map (lib.versions.pad 3) [ "1.2" "1.3-rc1" "1.2.3.4" ]
    => [ "1.2.0" "1.3.0-rc1" "1.2.3" ]
    ```
  */
  pad =
    n: version:
    let
      number = builtins.head (lib.splitString "-" version);
      parts = splitVersion number;
      zeros = lib.lists.replicate (lib.max 0 (n - length parts)) "0";
    in
    lib.concatStringsSep "." (lib.take n (parts ++ zeros)) + lib.removePrefix number version;
}
