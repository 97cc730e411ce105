/**
  Options and definitions in messages.
*/
{ lib }:
let
  inherit (lib.options) showDefs showFiles showOption;

  # The first lines of a value, if it can be shown at all.
  excerpt =
    value:
    let
      # A value that fails, or is infinite, must not hide the error in whose message it stands.
      shown = builtins.tryEval (
        lib.generators.toPretty { } (
          lib.generators.withRecursion {
            depthLimit = 10;
            throwOnDepthLimit = false;
          } value
        )
      );
      lines = lib.splitString "\n" shown.value;
      few = lib.take 5 lines;
    in
    if !shown.success then
      ""
    else
      (if builtins.length lines > 1 then ":\n    " else ": ")
      + lib.concatStringsSep "\n    " few
      + lib.optionalString (builtins.length lines > 5) "\n    ...";
in
{
  /**
    A path to an option, as it is written in Nix. What stands for any name is not quoted.

    # Type
    `[string] -> string`

    # Example
    ```nix
    [ (lib.showOption [ "foo" "bar" "baz" ]) (lib.showOption [ "foo" "bar.baz" ]) (lib.showOption [ "users" "<name>" "shell" ]) ]
    => [ "foo.bar.baz" "foo.\"bar.baz\"" "users.<name>.shell" ]
    ```
  */
  showOption =
    loc:
    let
      escape =
        part:
        # "<name>", "*" and the like stand for every name.
        if builtins.match "<.*>|\\*" part != null then part else lib.strings.escapeNixIdentifier part;
    in
    lib.concatMapStringsSep "." escape loc;

  /**
    Files in a sentence.

    # Type
    `[string] -> string`

    # Example
    ```nix
    lib.showFiles [ "a.nix" "b.nix" ]
    => "`a.nix' and `b.nix'"
    ```
  */
  showFiles = files: lib.concatStringsSep " and " (map (file: "`${file}'") files);

  /**
    Definitions, each on its line, with their files.

    # Type
    `[ { file, value } ] -> string`

    # Example
    ```nix
    lib.options.showDefs [ { file = "a.nix"; value = { x = 1; }; } ]
    => "\n- In `a.nix':\n    {\n      x = 1;\n    }"
    ```
  */
  showDefs =
    defs:
    lib.concatMapStrings (
      def:
      "\n- In `${def.file}'${excerpt def.value}"
    ) defs;

  /**
    An option and where it is defined.

    # Type
    `option -> string`

    # Example
    ```nix
    let eval = lib.evalModules { modules = [ { _file = "a.nix"; options.x = lib.mkOption { }; config.x = 1; } ]; }; in
    lib.showOptionWithDefLocs eval.options.x
    => "x, with values defined in:\n  - a.nix\n"
    ```
  */
  showOptionWithDefLocs =
    option: ''
      ${showOption option.loc}, with values defined in:
      ${lib.concatMapStringsSep "\n" (file: "  - ${file}") option.files}
    '';
}
