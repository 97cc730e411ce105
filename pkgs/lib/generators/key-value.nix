/**
  Lines of a key and a value.
*/
{ lib }:
let
  inherit (builtins)
    isAttrs
    isBool
    isFloat
    isInt
    isList
    isString
    ;
  inherit (lib.generators) mkKeyValueDefault mkValueStringDefault toPretty;
in
{
  /**
    A value as most formats write it: numbers, strings as they are, `true`, `false` and `null`.
    Lists and sets are errors.

    # Type
    `{ } -> any -> string`

    # Example
    ```nix
    map (lib.generators.mkValueStringDefault { }) [ 42 "fo\"o" true null ]
    => [ "42" "fo\"o" "true" "null" ]
    ```
  */
  mkValueStringDefault =
    { }:
    value:
    let
      unsupported =
        what: abort "generators.mkValueStringDefault: ${what} not supported: ${toPretty { } value}";
    in
    if isInt value then
      toString value
    else if lib.isDerivation value then
      toString value
    else if isString value then
      value
    else if isBool value then
      lib.boolToString value
    else if value == null then
      "null"
    else if isFloat value then
      lib.strings.floatToString value
    else if isList value then
      unsupported "lists are"
    else if isAttrs value then
      unsupported "attrsets are"
    else if lib.isFunction value then
      unsupported "functions are"
    else
      unsupported "this value is";

  /**
    A line of key, separator and value. Where the separator occurs in the key it gets a backslash.

    # Inputs
    - `mkValueString`: how values are written
    - `sep`, `key`, `value`

    # Type
    `{ mkValueString ? … } -> string -> string -> any -> string`

    # Example
    ```nix
    lib.generators.mkKeyValueDefault { } ":" "f:oo" "bar"
    => "f\\:oo:bar"
    ```
  */
  mkKeyValueDefault =
    {
      mkValueString ? mkValueStringDefault { },
    }:
    sep: key: value:
    "${lib.escape [ sep ] key}${sep}${mkValueString value}";

  /**
    Lines `key=value`.

    # Inputs
    - `mkKeyValue`: how a line is written
    - `listsAsDuplicateKeys`: whether a list is a line for each element
    - `indent`: what every line starts with

    # Type
    `{ mkKeyValue ? …, listsAsDuplicateKeys ? false, indent ? "" } -> { … } -> string`

    # Example
    ```nix
    lib.generators.toKeyValue { listsAsDuplicateKeys = true; } { a = 1; b = [ "x" "y" ]; }
    => "a=1\nb=x\nb=y\n"
    ```
  */
  toKeyValue =
    {
      mkKeyValue ? mkKeyValueDefault { } "=",
      listsAsDuplicateKeys ? false,
      indent ? "",
    }:
    let
      line = key: value: "${indent}${mkKeyValue key value}\n";
      lines =
        if listsAsDuplicateKeys then key: value: map (line key) (lib.toList value) else key: value: [ (line key value) ];
    in
    attrs: lib.concatStrings (builtins.concatLists (lib.mapAttrsToList lines attrs));
}
