/**
  Numbers in strings.
*/
{ lib }:
let
  inherit (builtins) elemAt match;

  show = lib.generators.toPretty { };

  parse =
    name: leadingZeros: text:
    let
      # White space around a number is nothing to complain about.
      found = match "[[:space:]]*(-?)(0*)([[:digit:]]+)[[:space:]]*" text;
      zeros = elemAt found 1;
      # "00" and "0" are all zeros: the regular expression leaves the last one as a digit.
      number = builtins.fromJSON (elemAt found 0 + elemAt found 2);
    in
    if found == null then
      throw "${name}: Could not convert ${show text} to int."
    else if zeros != "" && !leadingZeros then
      throw "${name}: Ambiguity in interpretation of ${show text} between octal and zero padded integer."
    else
      number;
in
{
  /**
    The number that a string's decimal digits stand for. Leading zeros are refused: they mean octal
    digits to some.

    # Type
    `string -> int`

    # Example
    ```nix
    map lib.toInt [ "1337" "-4" " 24 " ]
    => [ 1337 (-4) 24 ]

    lib.toInt "00024"
    => error: toInt: Ambiguity in interpretation of "00024" between octal and zero padded integer.
    ```
  */
  toInt = parse "toInt" false;

  /**
    The number that a string's decimal digits stand for, with or without leading zeros.

    # Type
    `string -> int`

    # Example
    ```nix
    map lib.toIntBase10 [ "1337" "00024" ]
    => [ 1337 24 ]

    lib.toIntBase10 "2.5"
    => error: toIntBase10: Could not convert "2.5" to int.
    ```
  */
  toIntBase10 = parse "toIntBase10" true;

  /**
    A number with a fraction as a string, with a warning where six digits do not do for it.

    # Type
    `float -> string`

    # Example
    ```nix
    lib.strings.floatToString 0.5
    => "0.500000"
    ```
  */
  floatToString =
    float:
    let
      text = toString float;
    in
    if builtins.fromJSON text == float then
      text
    else
      lib.warn "Imprecise conversion from float to string ${text}" text;
}
