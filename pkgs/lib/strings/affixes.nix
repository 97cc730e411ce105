/**
  What strings start with, end with and contain.
*/
{ lib }:
let
  inherit (builtins) stringLength substring;
  inherit (lib.strings) hasPrefix hasSuffix;

  # A path would be copied to the store to become a string, which is hardly what was meant.
  refusePath =
    name: argument: value: more:
    lib.warnIf (builtins.isPath value)
      "lib.strings.${name}: The first argument (${toString value}) is a path value, but only strings are supported: as a string it would be copied to the store, and the result is always ${argument}. ${more}"
      value;
in
{
  /**
    Whether `text` starts with `prefix`.

    # Type
    `string -> string -> bool`

    # Example
    ```nix
    [ (lib.hasPrefix "foo" "foobar") (lib.hasPrefix "foo" "barfoo") ]
    => [ true false ]
    ```
  */
  hasPrefix =
    prefix: text:
    substring 0 (stringLength (refusePath "hasPrefix" "`false`" prefix "Use `lib.path.hasPrefix` for paths.")) text
    == prefix;

  /**
    Whether `text` ends with `suffix`.

    # Type
    `string -> string -> bool`

    # Example
    ```nix
    [ (lib.hasSuffix "foo" "foobar") (lib.hasSuffix "foo" "barfoo") ]
    => [ false true ]
    ```
  */
  hasSuffix =
    suffix: text:
    let
      suffixLength = stringLength (refusePath "hasSuffix" "`false`" suffix "Use `toString` first.");
      start = stringLength text - suffixLength;
    in
    start >= 0 && substring start (-1) text == suffix;

  /**
    Whether `text` contains `infix`.

    # Type
    `string -> string -> bool`

    # Example
    ```nix
    [ (lib.hasInfix "bc" "abcd") (lib.hasInfix "foo" "abcd") ]
    => [ true false ]
    ```
  */
  hasInfix =
    infix: text:
    let
      part = toString (refusePath "hasInfix" "`false`" infix "Use `toString` first.");
      whole = "${text}";
    in
    builtins.replaceStrings [ part ] [ "" ] whole != whole || part == "";

  /**
    `text` without `prefix` at its start, if it is there.

    # Type
    `string -> string -> string`

    # Example
    ```nix
    [ (lib.removePrefix "foo." "foo.bar") (lib.removePrefix "xx" "foo") ]
    => [ "bar" "foo" ]
    ```
  */
  removePrefix =
    prefix: text:
    if hasPrefix prefix text then
      substring (stringLength prefix) (-1) text
    else
      text;

  /**
    `text` without `suffix` at its end, if it is there.

    # Type
    `string -> string -> string`

    # Example
    ```nix
    [ (lib.removeSuffix ".nix" "a.nix") (lib.removeSuffix "xx" "foo") ]
    => [ "a" "foo" ]
    ```
  */
  removeSuffix =
    suffix: text:
    if hasSuffix suffix text then
      substring 0 (stringLength text - stringLength suffix) text
    else
      text;
}
