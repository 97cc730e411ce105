/**
  Paths in strings, and lists of them.
*/
{ lib }:
let
  inherit (builtins) filter match substring;
  inherit (lib.strings) isStringLike makeSearchPath makeSearchPathOutput;
in
{
  /**
    A search path: the subdirectory `dir` of each path, with colons between. Null is left out.

    # Type
    `string -> [string] -> string`

    # Example
    ```nix
    lib.makeSearchPath "bin" [ "/opt" "/usr" null ]
    => "/opt/bin:/usr/bin"
    ```
  */
  makeSearchPath =
    dir: paths:
    lib.concatStringsSep ":" (map (path: path + "/" + dir) (filter (x: x != null) paths));

  /**
    Like `makeSearchPath`, of the output `output` of packages.

    # Type
    `string -> string -> [derivation] -> string`

    # Example
    ```nix
    lib.makeSearchPathOutput "dev" "bin" [ { dev = "/a-dev"; outPath = "/a"; } ]
    => "/a-dev/bin"
    ```
  */
  makeSearchPathOutput =
    output: dir: pkgs:
    makeSearchPath dir (map (lib.getOutput output) pkgs);

  /**
    Where a program finds its libraries.

    # Type
    `[derivation] -> string`

    # Example
    ```nix
    lib.makeLibraryPath [ "/usr" "/usr/local" ]
    => "/usr/lib:/usr/local/lib"
    ```
  */
  makeLibraryPath = makeSearchPathOutput "lib" "lib";

  /**
    Where a compiler finds header files.

    # Type
    `[derivation] -> string`

    # Example
    ```nix
    lib.makeIncludePath [ "/usr" ]
    => "/usr/include"
    ```
  */
  makeIncludePath = makeSearchPathOutput "dev" "include";

  /**
    Where a shell finds programs.

    # Type
    `[derivation] -> string`

    # Example
    ```nix
    lib.makeBinPath [ "/opt" "/usr" ]
    => "/opt/bin:/usr/bin"
    ```
  */
  makeBinPath = makeSearchPathOutput "bin" "bin";

  /**
    A path in a string with one slash where there were several.

    # Type
    `string -> string`

    # Example
    ```nix
    lib.strings.normalizePath "/a//b///c/"
    => "/a/b/c/"
    ```
  */
  normalizePath =
    text:
    lib.warnIf (builtins.isPath text)
      "lib.strings.normalizePath: The argument (${toString text}) is a path value, but only strings are supported. Path values are normal already."
      (
        lib.addContextFrom text (
          lib.concatMapStrings (part: if builtins.isList part then "/" else part) (
            builtins.split "/+" (toString text)
          )
        )
      );

  /**
    Whether a value is, as a string, the path of something in the store: not of the store itself,
    and not of a file within.

    # Type
    `any -> bool`

    # Example
    ```nix
    map lib.isStorePath [ "${builtins.storeDir}/d945ibfx9x185xf04b890y4f9g3cbb63-python-2.7.11" "/tmp" 42 ]
    => [ true false false ]
    ```
  */
  isStorePath =
    x:
    if isStringLike x then
      let
        text = toString x;
        name = baseNameOf text;
      in
      substring 0 1 text == "/"
      && (
        dirOf text == builtins.storeDir
        # A floating content-addressed output has a stand-in instead of a path until it is built.
        || (match "/[0-9a-z]{52}" text != null)
      )
      && name != ""
    else
      false;

  /**
    A file's contents without the line feed at its end.

    # Type
    `path -> string`

    # Example
    ```nix
    lib.fileContents (builtins.toFile "version" "1.0\n")
    => "1.0"
    ```
  */
  fileContents = file: lib.removeSuffix "\n" (builtins.readFile file);
}
