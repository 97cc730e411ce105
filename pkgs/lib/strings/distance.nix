/**
  How much strings differ.
*/
{ lib }:
let
  inherit (builtins) elemAt genList stringLength substring;
  inherit (lib.strings) commonPrefixLength commonSuffixLength levenshtein;
in
{
  /**
    How many characters both strings start with.

    # Type
    `string -> string -> int`

    # Example
    ```nix
    lib.strings.commonPrefixLength "hello" "helium"
    => 3
    ```
  */
  commonPrefixLength =
    a: b:
    let
      n = lib.min (stringLength a) (stringLength b);
      go = i: if i < n && substring i 1 a == substring i 1 b then go (i + 1) else i;
    in
    go 0;

  /**
    How many characters both strings end with.

    # Type
    `string -> string -> int`

    # Example
    ```nix
    lib.strings.commonSuffixLength "testing" "king"
    => 3
    ```
  */
  commonSuffixLength =
    a: b:
    let
      la = stringLength a;
      lb = stringLength b;
      n = lib.min la lb;
      go =
        i: if i < n && substring (la - i - 1) 1 a == substring (lb - i - 1) 1 b then go (i + 1) else i;
    in
    go 0;

  /**
    The Levenshtein distance: how many characters must be added, taken away or changed to make one
    string of the other. It takes time and memory proportional to the product of their lengths.

    # Type
    `string -> string -> int`

    # Example
    ```nix
    [ (lib.strings.levenshtein "foo" "foo") (lib.strings.levenshtein "book" "hook") (lib.strings.levenshtein "hello" "Heyo") ]
    => [ 0 1 3 ]
    ```
  */
  levenshtein =
    a: b:
    let
      la = stringLength a;
      lb = stringLength b;
      # cell i j: the distance between the first i characters of a and the first j of b.
      table = genList (i: genList (cell i) (lb + 1)) (la + 1);
      at = i: j: elemAt (elemAt table i) j;
      cell =
        i: j:
        if i == 0 then
          j
        else if j == 0 then
          i
        else if substring (i - 1) 1 a == substring (j - 1) 1 b then
          at (i - 1) (j - 1)
        else
          1 + lib.min (at (i - 1) (j - 1)) (lib.min (at (i - 1) j) (at i (j - 1)));
    in
    at la lb;

  /**
    Whether the Levenshtein distance is at most `k`: much quicker than computing it, for small `k`.

    # Type
    `int -> string -> string -> bool`

    # Example
    ```nix
    [ (lib.strings.levenshteinAtMost 1 "foo" "fox") (lib.strings.levenshteinAtMost 1 "foo" "bar") ]
    => [ true false ]
    ```
  */
  levenshteinAtMost =
    k: a: b:
    let
      # What both start and end with can stay as it is.
      pre = commonPrefixLength a b;
      a' = substring pre (-1) a;
      b' = substring pre (-1) b;
      suf = commonSuffixLength a' b';
      x = substring 0 (stringLength a' - suf) a';
      y = substring 0 (stringLength b' - suf) b';
      lx = stringLength x;
      ly = stringLength y;
      difference = if lx > ly then lx - ly else ly - lx;
      # What is left begins and ends differently; with nothing left on one side the rest must be
      # added.
      shortest = lib.min lx ly;
    in
    if k < 0 || difference > k then
      false
    else if shortest == 0 then
      true
    else if shortest <= k && difference == 0 && lx <= k then
      true
    else
      levenshtein x y <= k;
}
