/**
  One string out of many.
*/
{ lib }:
let
  inherit (builtins) concatStringsSep genList length stringLength;
  inherit (lib.strings) concatImapStringsSep concatMapStringsSep concatStrings fixedWidthString;
in
{
  inherit concatStringsSep;

  /**
    Strings one after another.

    # Type
    `[string] -> string`

    # Example
    ```nix
    lib.concatStrings [ "foo" "bar" ]
    => "foobar"
    ```
  */
  concatStrings = concatStringsSep "";

  /**
    What `f` makes of each element, one after another.

    # Type
    `(a -> string) -> [a] -> string`

    # Example
    ```nix
    lib.concatMapStrings (x: "a" + x) [ "foo" "bar" ]
    => "afooabar"
    ```
  */
  concatMapStrings = f: list: concatStrings (map f list);

  /**
    What `f` makes of index, from 1, and element.

    # Type
    `(int -> a -> string) -> [a] -> string`

    # Example
    ```nix
    lib.concatImapStrings (i: x: "${toString i}-${x}") [ "foo" "bar" ]
    => "1-foo2-bar"
    ```
  */
  concatImapStrings = f: list: concatStrings (lib.imap1 f list);

  /**
    What `f` makes of each element, with `sep` between.

    # Type
    `string -> (a -> string) -> [a] -> string`

    # Example
    ```nix
    lib.concatMapStringsSep "-" (x: lib.toUpper x) [ "foo" "bar" ]
    => "FOO-BAR"
    ```
  */
  concatMapStringsSep =
    sep: f: list:
    concatStringsSep sep (map f list);

  /**
    What `f` makes of index, from 1, and element, with `sep` between.

    # Type
    `string -> (int -> a -> string) -> [a] -> string`

    # Example
    ```nix
    lib.concatImapStringsSep "-" (i: x: toString (x / i)) [ 6 6 6 ]
    => "6-3-2"
    ```
  */
  concatImapStringsSep =
    sep: f: list:
    concatStringsSep sep (lib.imap1 f list);

  /**
    What `f` makes of each attribute, with `sep` between.

    # Type
    `string -> (string -> a -> string) -> { <name> :: a } -> string`

    # Example
    ```nix
    lib.concatMapAttrsStringSep "\n" (name: value: "${name}: foo-${value}") { a = "0.1"; b = "0.2"; }
    => "a: foo-0.1\nb: foo-0.2"
    ```
  */
  concatMapAttrsStringSep =
    sep: f: set:
    concatStringsSep sep (lib.mapAttrsToList f set);

  /**
    Strings with `sep` between: `concatStringsSep` under a shorter name.

    # Type
    `string -> [string] -> string`

    # Example
    ```nix
    lib.join ", " [ "foo" "bar" ]
    => "foo, bar"
    ```
  */
  join = concatStringsSep;

  /**
    Strings as lines, each ended by a line feed.

    # Type
    `[string] -> string`

    # Example
    ```nix
    lib.concatLines [ "foo" "bar" ]
    => "foo\nbar\n"
    ```
  */
  concatLines = lib.concatMapStrings (line: line + "\n");

  /**
    A string `n` times.

    # Type
    `int -> string -> string`

    # Example
    ```nix
    lib.strings.replicate 3 "v"
    => "vvv"
    ```
  */
  replicate = n: text: concatStrings (lib.lists.replicate n text);

  /**
    The list with `separator` between any two elements.

    # Type
    `a -> [a] -> [a]`

    # Example
    ```nix
    lib.intersperse "/" [ "usr" "local" "bin" ]
    => [ "usr" "/" "local" "/" "bin" ]
    ```
  */
  intersperse =
    separator: list:
    let
      n = length list;
    in
    if n < 2 then
      list
    else
      genList (i: if lib.mod i 2 == 0 then builtins.elemAt list (i / 2) else separator) (2 * n - 1);

  /**
    `text` if `condition` holds, else the empty string.

    # Type
    `bool -> string -> string`

    # Example
    ```nix
    [ (lib.optionalString true "some") (lib.optionalString false "some") ]
    => [ "some" "" ]
    ```
  */
  optionalString = condition: text: if condition then text else "";

  /**
    A string of `width` characters: `text` after as many `filler`s as it takes.

    # Type
    `int -> string -> string -> string`

    # Example
    ```nix
    lib.fixedWidthString 5 "0" "15"
    => "00015"

    lib.fixedWidthString 2 "0" "125"
    => error: fixedWidthString: requested string length (2) must not be shorter than actual length (3)
    ```
  */
  fixedWidthString =
    width: filler: text:
    let
      missing = width - stringLength text;
    in
    lib.throwIf (missing < 0)
      "fixedWidthString: requested string length (${toString width}) must not be shorter than actual length (${toString (stringLength text)})"
      (builtins.substring 0 missing (lib.strings.replicate missing filler) + text);

  /**
    A number with zeros before it.

    # Type
    `int -> int -> string`

    # Example
    ```nix
    lib.fixedWidthNumber 5 15
    => "00015"
    ```
  */
  fixedWidthNumber = width: number: fixedWidthString width "0" (toString number);

  /**
    Gives `target` the context of `source`: what refers to `target` then depends on what `source`
    refers to.

    # Type
    `string -> string -> string`

    # Example
    ```nix
    let file = builtins.toFile "a" "text"; in
    builtins.hasContext (lib.addContextFrom file "x")
    => true
    ```
  */
  addContextFrom = source: target: builtins.substring 0 0 source + target;
}
