/**
  Upper and lower case. ASCII only: other letters stay as they are.
*/
{ lib }:
let
  inherit (builtins) match replaceStrings stringLength substring;
  inherit (lib.strings)
    lowerChars
    toLower
    toSentenceCase
    toUpper
    upperChars
    ;
in
{
  /**
    The letters in lower case.

    # Type
    `[string]`

    # Example
    ```nix
    lib.take 3 lib.lowerChars
    => [ "a" "b" "c" ]
    ```
  */
  lowerChars = lib.stringToCharacters "abcdefghijklmnopqrstuvwxyz";

  /**
    The letters in upper case.

    # Type
    `[string]`

    # Example
    ```nix
    lib.take 3 lib.upperChars
    => [ "A" "B" "C" ]
    ```
  */
  upperChars = lib.stringToCharacters "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

  /**
    The string in lower case.

    # Type
    `string -> string`

    # Example
    ```nix
    lib.toLower "HOME"
    => "home"
    ```
  */
  toLower = replaceStrings upperChars lowerChars;

  /**
    The string in upper case.

    # Type
    `string -> string`

    # Example
    ```nix
    lib.toUpper "home"
    => "HOME"
    ```
  */
  toUpper = replaceStrings lowerChars upperChars;

  /**
    The first character in upper case, the rest in lower case.

    # Type
    `string -> string`

    # Example
    ```nix
    lib.toSentenceCase "hELLO world"
    => "Hello world"
    ```
  */
  toSentenceCase =
    text:
    lib.throwIfNot (builtins.isString text)
      "toSentenceCase does only accepts string values, but got ${builtins.typeOf text}"
      (lib.addContextFrom text (
        toUpper (substring 0 1 text) + toLower (substring 1 (stringLength text) text)
      ));

  /**
    Words joined without anything between, each but the first with an upper case letter.

    # Type
    `string -> string`

    # Example
    ```nix
    map lib.toCamelCase [ "hello-world" "hello_world now" "XML reader" ]
    => [ "helloWorld" "helloWorldNow" "xmlReader" ]
    ```
  */
  toCamelCase =
    text:
    let
      isSeparator = c: match "[-_ ]" c != null;
      startsWord =
        prev: curr:
        isSeparator curr || (match "[a-z]" prev != null && match "[A-Z]" curr != null);
      # A separator stays at the start of its word until it is known where words end.
      raw = lib.splitStringBy startsWord true text;
      words = builtins.filter (w: w != "") (
        map (w: if isSeparator (substring 0 1 w) then substring 1 (-1) w else w) raw
      );
      joined =
        if words == [ ] then
          ""
        else
          toLower (builtins.head words) + lib.concatMapStrings toSentenceCase (builtins.tail words);
    in
    lib.throwIfNot (builtins.isString text)
      "toCamelCase does only accepts string values, but got ${builtins.typeOf text}"
      (lib.addContextFrom text joined);
}
