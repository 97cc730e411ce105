/**
  Strings in pieces.
*/
{ lib }:
let
  inherit (builtins)
    filter
    genList
    isString
    match
    replaceStrings
    stringLength
    substring
    ;
  inherit (lib.strings)
    escapeRegex
    splitString
    stringToCharacters
    trimWith
    ;
in
{
  /**
    The pieces of a string between separators.

    # Type
    `string -> string -> [string]`

    # Example
    ```nix
    [ (lib.splitString "." "foo.bar.baz") (lib.splitString "/" "/usr/bin") ]
    => [ [ "foo" "bar" "baz" ] [ "" "usr" "bin" ] ]
    ```
  */
  splitString =
    sep: text:
    let
      pieces = filter isString (
        builtins.split (escapeRegex (builtins.unsafeDiscardStringContext (toString sep))) (toString text)
      );
    in
    map (lib.addContextFrom text) pieces;

  /**
    Splits where `p` is true of a character and the one after it. The character is kept, at the end
    of its piece, if `keep` says so.

    # Inputs
    - `p`: gets two characters, the first of them `""` at the start
    - `keep`: whether the character at which it is split stays, at the start of the next piece
    - `text`: the string

    # Type
    `(string -> string -> bool) -> bool -> string -> [string]`

    # Example
    ```nix
    lib.splitStringBy (prev: curr: builtins.elem curr [ "." "-" ]) false "foo.bar-baz"
    => [ "foo" "bar" "baz" ]

    lib.splitStringBy (prev: curr: builtins.match "[a-z]" prev != null && builtins.match "[A-Z]" curr != null) true "fooBarBaz"
    => [ "foo" "Bar" "Baz" ]
    ```
  */
  splitStringBy =
    p: keep: text:
    let
      n = stringLength text;
      char = i: substring i 1 text;
      starts = filter (i: p (if i == 0 then "" else char (i - 1)) (char i)) (genList (i: i) n);
      ends = starts ++ [ n ];
      piece =
        index: end:
        let
          start = if index == 0 then 0 else builtins.elemAt starts (index - 1);
          skipped = if index == 0 || keep then 0 else 1;
        in
        substring (start + skipped) (end - start - skipped) text;
    in
    if text == "" then [ "" ] else lib.imap0 piece ends;

  /**
    The characters of a string. A character is a byte; beyond ASCII letters take several.

    # Type
    `string -> [string]`

    # Example
    ```nix
    lib.stringToCharacters "abc"
    => [ "a" "b" "c" ]
    ```
  */
  stringToCharacters = text: genList (i: substring i 1 text) (stringLength text);

  /**
    What `f` makes of each character, one after another.

    # Type
    `(string -> string) -> string -> string`

    # Example
    ```nix
    lib.stringAsChars (x: if x == "a" then "i" else x) "nax"
    => "nix"
    ```
  */
  stringAsChars = f: text: lib.concatMapStrings f (stringToCharacters text);

  /**
    Replaces every `from` by `to`.

    # Type
    `string -> string -> string -> string`

    # Example
    ```nix
    lib.replaceString "world" "Nix" "Hello, world!"
    => "Hello, Nix!"
    ```
  */
  replaceString = from: to: replaceStrings [ from ] [ to ];

  /**
    The string without white space at its ends.

    # Type
    `string -> string`

    # Example
    ```nix
    lib.trim "   hello, world!\n"
    => "hello, world!"
    ```
  */
  trim = trimWith {
    start = true;
    end = true;
  };

  /**
    The string without white space (spaces, tabs, line feeds, carriage returns) at its start, its
    end, or both.

    # Type
    `{ start ? false, end ? false } -> string -> string`

    # Example
    ```nix
    [ (lib.trimWith { start = true; } "  foo  ") (lib.trimWith { end = true; } "  foo  ") ]
    => [ "foo  " "  foo" ]
    ```
  */
  trimWith =
    {
      start ? false,
      end ? false,
    }:
    let
      space = " \t\r\n";
      # A regular expression that starts and ends with something other than space cannot fail to be
      # leftmost-longest.
      regex =
        if start && end then
          "[${space}]*(.*[^${space}])[${space}]*"
        else if start then
          "[${space}]*(.*)"
        else if end then
          "(.*[^${space}])[${space}]*"
        else
          "(.*)";
    in
    text:
    let
      found = match regex text;
      onlySpace = match "[${space}]*" text != null;
    in
    if start || end then
      lib.addContextFrom text (if onlySpace || found == null then "" else builtins.head found)
    else
      text;
}
