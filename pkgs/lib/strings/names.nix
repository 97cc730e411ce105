/**
  Names and versions of packages.
*/
{ lib }:
let
  inherit (builtins) compareVersions match parseDrvName;
in

{
  /**
    The name of a package without its version.

    # Type
    `(string | derivation) -> string`

    # Example
    ```nix
    [ (lib.getName "youtube-dl-2016.01.01") (lib.getName { pname = "hello"; }) ]
    => [ "youtube-dl" "hello" ]
    ```
  */
  getName = x: if builtins.isString x then (parseDrvName x).name else x.pname or (parseDrvName x.name).name;

  /**
    The version of a package.

    # Type
    `(string | derivation) -> string`

    # Example
    ```nix
    [ (lib.getVersion "youtube-dl-2016.01.01") (lib.getVersion { version = "2"; }) ]
    => [ "2016.01.01" "2" ]
    ```
  */
  getVersion =
    x: if builtins.isString x then (parseDrvName x).version else x.version or (parseDrvName x.name).version;

  /**
    The name in the last component of an URL, up to the last appearance of `sep` in front of what
    `sep` separates.

    # Type
    `string -> string -> string`

    # Example
    ```nix
    lib.nameFromURL "https://example.org/hello-2.10.tar.gz" "-"
    => "hello"
    ```
  */
  nameFromURL =
    url: sep:
    let
      file = lib.last (lib.splitString "/" url);
      name = builtins.head (lib.splitString sep file);
    in
    assert name != file;
    name;

  /**
    Whether version `v1` is older than `v2`.

    # Type
    `string -> string -> bool`

    # Example
    ```nix
    [ (lib.versionOlder "1.1" "1.2") (lib.versionOlder "1.1" "1.1") ]
    => [ true false ]
    ```
  */
  versionOlder = v1: v2: compareVersions v2 v1 == 1;

  /**
    Whether version `v1` is `v2` or newer.

    # Type
    `string -> string -> bool`

    # Example
    ```nix
    [ (lib.versionAtLeast "1.10" "1.9") (lib.versionAtLeast "1.1" "1.2") ]
    => [ true false ]
    ```
  */
  versionAtLeast = v1: v2: compareVersions v1 v2 != -1;

  /**
    A name that a derivation may have: what is not allowed becomes `-`, dots at the start and what
    is too long go.

    # Type
    `string -> string`

    # Example
    ```nix
    map lib.strings.sanitizeDerivationName [ "../hello.bar # foo" "" ]
    => [ "-hello.bar-foo" "unknown" ]
    ```
  */
  sanitizeDerivationName =
    let
      ok = match "[[:alnum:]+_?=-][[:alnum:]+._?=-]*";
    in
    name:
    let
      text = builtins.unsafeDiscardStringContext (toString name);
      # Runs of what is not allowed become one dash, and a name does not start with a dot.
      dashed = lib.concatMapStrings (part: if builtins.isList part then "-" else part) (
        builtins.split "[^[:alnum:]+._?=-]+" (builtins.elemAt (match "\\.*(.*)" text) 0)
      );
      short = builtins.substring (lib.max (builtins.stringLength dashed - 207) 0) (-1) dashed;
    in
    # Most names are fine as they are, and then there is nothing to do.
    if builtins.stringLength text <= 207 && ok text != null then
      text
    else if short == "" then
      "unknown"
    else
      short;
}
