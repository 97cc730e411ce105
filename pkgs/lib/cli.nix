/**
  Command lines out of sets.
*/
{ lib }:
let
  inherit (builtins)
    isBool
    isList
    stringLength
    ;
  inherit (lib.cli) toCommandLine toCommandLineGNU toGNUCommandLine;

  valueText = lib.generators.mkValueStringDefault { };
in
{
  /**
    Arguments, one for each attribute, in a format of your own.

    Null is left out, a list is the option as often as it has elements. A boolean is the option or
    nothing, unless the format has `explicitBool`.

    # Inputs
    - `optionFormat`: for an option's name: `option`, how it is written; `sep`, what stands between
      option and value, null for an argument of its own; `explicitBool`; and `formatArg`, how a
      value is written
    - `attrs`: the options

    # Type
    `(string -> { option, sep, explicitBool, formatArg ? … }) -> { … } -> [string]`

    # Example
    ```nix
    lib.cli.toCommandLine (name: { option = "-${name}"; sep = "="; explicitBool = true; }) { v = true; i = [ "a" "b" ]; n = null; }
    => [ "-i=a" "-i=b" "-v=true" ]
    ```
  */
  toCommandLine =
    optionFormat: attrs:
    let
      argsOf =
        name: value:
        let
          format = optionFormat name;
          formatArg = format.formatArg or valueText;
          text = formatArg value;
        in
        if value == null then
          [ ]
        else if isList value then
          builtins.concatMap (argsOf name) value
        else if isBool value && !format.explicitBool then
          lib.optional value format.option
        else if format.sep == null then
          [
            format.option
            text
          ]
        else
          [ "${format.option}${format.sep}${text}" ];
    in
    builtins.concatLists (lib.mapAttrsToList argsOf attrs);

  /**
    Like `toCommandLine`, as one string for a shell.

    # Type
    `(string -> { … }) -> { … } -> string`

    # Example
    ```nix
    lib.cli.toCommandLineShell (name: { option = "-${name}"; sep = null; explicitBool = false; }) { v = true; m = "a b"; }
    => "-m 'a b' -v"
    ```
  */
  toCommandLineShell = optionFormat: attrs: lib.escapeShellArgs (toCommandLine optionFormat attrs);

  /**
    Arguments as GNU programs take them: `--name=value`, and `-nvalue` where the name is one letter.

    # Inputs
    - `isLong`: whether a name is written with two dashes
    - `explicitBool`: whether booleans are written with their value
    - `formatArg`: how a value is written

    # Type
    `{ isLong ? …, explicitBool ? false, formatArg ? … } -> { … } -> [string]`

    # Example
    ```nix
    lib.cli.toCommandLineGNU { } { v = true; i = ".bak"; suite = [ "a" "b" ]; n = false; }
    => [ "-i.bak" "--suite=a" "--suite=b" "-v" ]
    ```
  */
  toCommandLineGNU =
    {
      isLong ? (name: stringLength name > 1),
      explicitBool ? false,
      formatArg ? valueText,
    }:
    toCommandLine (
      name:
      if isLong name then
        {
          option = "--${name}";
          sep = "=";
          inherit explicitBool formatArg;
        }
      else
        {
          option = "-${name}";
          sep = "";
          inherit explicitBool formatArg;
        }
    );

  /**
    Like `toCommandLineGNU`, as one string for a shell.

    # Type
    `{ … } -> { … } -> string`

    # Example
    ```nix
    lib.cli.toCommandLineShellGNU { } { data = "{ }"; v = true; }
    => "'--data={ }' -v"
    ```
  */
  toCommandLineShellGNU = args: attrs: lib.escapeShellArgs (toCommandLineGNU args attrs);

  /**
    An older form: option and value are arguments of their own, unless there is a separator.

    # Inputs
    - `mkOptionName`: how a name is written
    - `mkBool`, `mkList`, `mkOption`: the arguments for a value of each kind
    - `optionValueSeparator`: what stands between name and value; null for an argument of its own

    # Type
    `{ mkOptionName ? …, mkBool ? …, mkList ? …, mkOption ? …, optionValueSeparator ? null } -> { … } -> [string]`

    # Example
    ```nix
    lib.cli.toGNUCommandLine { } { X = "PUT"; retry = 3; url = [ "a" "b" ]; silent = false; verbose = true; }
    => [ "-X" "PUT" "--retry" "3" "--url" "a" "--url" "b" "--verbose" ]
    ```
  */
  toGNUCommandLine =
    {
      mkOptionName ? name: if stringLength name == 1 then "-${name}" else "--${name}",
      mkBool ? name: value: lib.optional value (mkOptionName name),
      mkList ? name: value: builtins.concatMap (mkOption name) value,
      mkOption ?
        name: value:
        if value == null then
          [ ]
        else if optionValueSeparator == null then
          [
            (mkOptionName name)
            (valueText value)
          ]
        else
          [ "${mkOptionName name}${optionValueSeparator}${valueText value}" ],
      optionValueSeparator ? null,
    }:
    options:
    let
      render =
        name: value:
        if isBool value then
          mkBool name value
        else if isList value then
          mkList name value
        else
          mkOption name value;
    in
    builtins.concatLists (lib.mapAttrsToList render options);

  /**
    Like `toGNUCommandLine`, as one string for a shell.

    # Type
    `{ … } -> { … } -> string`

    # Example
    ```nix
    lib.cli.toGNUCommandLineShell { } { data = "a b"; }
    => "--data 'a b'"
    ```
  */
  toGNUCommandLineShell = args: options: lib.escapeShellArgs (toGNUCommandLine args options);
}
