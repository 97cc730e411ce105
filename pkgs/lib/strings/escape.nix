/**
  Strings as other languages write them.
*/
{ lib }:
let
  inherit (builtins)
    genList
    match
    replaceStrings
    toJSON
    ;
  inherit (lib.strings) charToInt escape stringToCharacters;

  # Every character of ASCII but NUL, which no string of Nix can hold, and its number.
  ascii = fromControl // fromPrintable;
  fromControl = builtins.listToAttrs (
    genList (
      i:
      lib.nameValuePair (builtins.fromJSON ''"\u${lib.fixedWidthString 4 "0" (lib.toHexString (i + 1))}"'') (i + 1)
    ) 31
  );
  fromPrintable = builtins.listToAttrs (
    lib.imap0 (i: c: lib.nameValuePair c (i + 32)) (
      stringToCharacters " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"
    )
    ++ [ (lib.nameValuePair (builtins.fromJSON ''"\u007f"'') 127) ]
  );
  # Where nothing is written differently there is nothing to replace.
  reserved = lib.subtractLists (
    lib.lowerChars ++ lib.upperChars ++ stringToCharacters "0123456789-_.~"
  ) (builtins.attrNames ascii);
  percent = map (c: "%" + lib.fixedWidthString 2 "0" (lib.toHexString (charToInt c))) reserved;

  keywords = [
    "assert"
    "else"
    "if"
    "in"
    "inherit"
    "let"
    "or"
    "rec"
    "then"
    "with"
  ];
in
{
  /**
    The number of a character of ASCII.

    # Type
    `string -> int`

    # Example
    ```nix
    map lib.strings.charToInt [ "A" "(" "\n" ]
    => [ 65 40 10 ]
    ```
  */
  charToInt = c: ascii.${c};

  /**
    Puts a backslash before each of the characters `list`.

    # Type
    `[string] -> string -> string`

    # Example
    ```nix
    lib.escape [ "(" ")" ] "(foo)"
    => "\\(foo\\)"
    ```
  */
  escape = list: replaceStrings list (map (c: "\\${c}") list);

  /**
    Writes each of the characters `list` as C does, by its number.

    # Type
    `[string] -> string -> string`

    # Example
    ```nix
    lib.strings.escapeC [ " " ] "foo bar"
    => "foo\\x20bar"
    ```
  */
  escapeC =
    list:
    replaceStrings list (
      map (c: "\\x${lib.fixedWidthString 2 "0" (lib.toLower (lib.toHexString (charToInt c)))}") list
    );

  /**
    Writes what is not allowed in a component of an URL as `%` and digits.

    # Type
    `string -> string`

    # Example
    ```nix
    lib.escapeURL "https://example.com/foo bar"
    => "https%3A%2F%2Fexample.com%2Ffoo%20bar"
    ```
  */
  escapeURL = replaceStrings reserved percent;

  /**
    A string as one word of a shell's command line.

    # Type
    `string -> string`

    # Example
    ```nix
    map lib.escapeShellArg [ "esc'ape\nme" "plain" ]
    => [ "'esc'\\''ape\nme'" "plain" ]
    ```
  */
  escapeShellArg =
    arg:
    let
      text = toString arg;
    in
    if match "[[:alnum:],._+:@%/-]+" text == null then
      "'${replaceStrings [ "'" ] [ "'\\''" ] text}'"
    else
      text;

  /**
    Strings as words of a shell's command line.

    # Type
    `[string] -> string`

    # Example
    ```nix
    lib.escapeShellArgs [ "one" "two three" ]
    => "one 'two three'"
    ```
  */
  escapeShellArgs = lib.concatMapStringsSep " " lib.escapeShellArg;

  /**
    A string as Nix writes it.

    # Type
    `string -> string`

    # Example
    ```nix
    lib.strings.escapeNixString "hello \${world}\n"
    => "\"hello \\\${world}\\n\""
    ```
  */
  escapeNixString = text: escape [ "$" ] (toJSON text);

  /**
    A regular expression that matches this string and nothing else.

    # Type
    `string -> string`

    # Example
    ```nix
    lib.escapeRegex "[^a-z]*"
    => "\\[\\^a-z]\\*"
    ```
  */
  escapeRegex = escape (stringToCharacters "\\[{()^$?*+|.");

  /**
    An attribute's name as Nix writes it: in quotes where it must be.

    # Type
    `string -> string`

    # Example
    ```nix
    map lib.strings.escapeNixIdentifier [ "hello" "0abc" "let" ]
    => [ "hello" "\"0abc\"" "\"let\"" ]
    ```
  */
  escapeNixIdentifier =
    name:
    if match "[a-zA-Z_][a-zA-Z0-9_'-]*" name != null && !builtins.elem name keywords then
      name
    else
      lib.strings.escapeNixString name;

  /**
    A string as text of an XML document.

    # Type
    `string -> string`

    # Example
    ```nix
    lib.escapeXML "\"test\" & <a>"
    => "&quot;test&quot; &amp; &lt;a&gt;"
    ```
  */
  escapeXML =
    replaceStrings
      [ "\"" "'" "<" ">" "&" ]
      [ "&quot;" "&apos;" "&lt;" "&gt;" "&amp;" ];
}
