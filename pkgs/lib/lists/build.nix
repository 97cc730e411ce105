/**
  Lists out of something else.
*/
{ lib }:
let
  inherit (builtins)
    concatLists
    concatMap
    elemAt
    genList
    isList
    length
    ;
  inherit (lib.lists)
    flatten
    ifilter0
    optionals
    zipListsWith
    ;
in
{
  /**
    A list of one element.

    # Type
    `a -> [a]`

    # Example
    ```nix
    lib.singleton "foo"
    => [ "foo" ]
    ```
  */
  singleton = x: [ x ];

  /**
    `x` as a list: itself if it is one, else a list of it.

    # Type
    `(a | [a]) -> [a]`

    # Example
    ```nix
    [ (lib.toList [ 1 2 ]) (lib.toList "hi") ]
    => [ [ 1 2 ] [ "hi" ] ]
    ```
  */
  toList = x: if isList x then x else [ x ];

  /**
    The whole numbers from `first` to `last`, both included.

    # Type
    `int -> int -> [int]`

    # Example
    ```nix
    [ (lib.range 2 4) (lib.range 3 2) ]
    => [ [ 2 3 4 ] [ ] ]
    ```
  */
  range = first: last: if first > last then [ ] else genList (n: first + n) (last - first + 1);

  /**
    `n` times the same element.

    # Type
    `int -> a -> [a]`

    # Example
    ```nix
    lib.lists.replicate 3 "a"
    => [ "a" "a" "a" ]
    ```
  */
  replicate = n: x: genList (_: x) n;

  /**
    A list of one element if `condition` holds, else of none.

    # Type
    `bool -> a -> [a]`

    # Example
    ```nix
    [ (lib.optional true "foo") (lib.optional false "foo") ]
    => [ [ "foo" ] [ ] ]
    ```
  */
  optional = condition: x: if condition then [ x ] else [ ];

  /**
    `list` if `condition` holds, else the empty list.

    # Type
    `bool -> [a] -> [a]`

    # Example
    ```nix
    [ (lib.optionals true [ 2 3 ]) (lib.optionals false [ 2 3 ]) ]
    => [ [ 2 3 ] [ ] ]
    ```
  */
  optionals = condition: list: if condition then list else [ ];

  /**
    `map` with the list first, which reads better where the function is long.

    # Type
    `[a] -> (a -> b) -> [b]`

    # Example
    ```nix
    lib.forEach [ 1 2 ] (x: toString x)
    => [ "1" "2" ]
    ```
  */
  forEach = list: f: map f list;

  /**
    `map` with a function that also gets each element's index, from 0.

    # Type
    `(int -> a -> b) -> [a] -> [b]`

    # Example
    ```nix
    lib.imap0 (i: x: "${x}-${toString i}") [ "a" "b" ]
    => [ "a-0" "b-1" ]
    ```
  */
  imap0 = f: list: genList (n: f n (elemAt list n)) (length list);

  /**
    `map` with a function that also gets each element's index, from 1.

    # Type
    `(int -> a -> b) -> [a] -> [b]`

    # Example
    ```nix
    lib.imap1 (i: x: "${x}-${toString i}") [ "a" "b" ]
    => [ "a-1" "b-2" ]
    ```
  */
  imap1 = f: list: genList (n: f (n + 1) (elemAt list n)) (length list);

  /**
    `filter` with a function that also gets each element's index, from 0.

    # Type
    `(int -> a -> bool) -> [a] -> [a]`

    # Example
    ```nix
    lib.ifilter0 (i: x: i == 0 || x > 2) [ 1 2 3 ]
    => [ 1 3 ]
    ```
  */
  ifilter0 =
    p: list:
    map (n: elemAt list n) (builtins.filter (n: p n (elemAt list n)) (genList (n: n) (length list)));

  /**
    One list out of nested ones, however deep. What is no list becomes a list of one.

    # Type
    `(a | [a] | [[a]] | …) -> [a]`

    # Example
    ```nix
    [ (lib.flatten [ 1 [ 2 [ 3 ] 4 ] 5 ]) (lib.flatten 1) ]
    => [ [ 1 2 3 4 5 ] [ 1 ] ]
    ```
  */
  flatten = x: if isList x then concatMap flatten x else [ x ];

  /**
    The lists that are a set's values, one after another.

    # Type
    `{ <name> :: [a] } -> [a]`

    # Example
    ```nix
    lib.concatAttrValues { a = [ 1 2 ]; b = [ 3 ]; }
    => [ 1 2 3 ]
    ```
  */
  concatAttrValues = set: concatLists (builtins.attrValues set);

  /**
    Combines two lists element by element, as far as the shorter one goes.

    # Type
    `(a -> b -> c) -> [a] -> [b] -> [c]`

    # Example
    ```nix
    lib.zipListsWith (a: b: a + b) [ "h" "l" ] [ "e" "o" "x" ]
    => [ "he" "lo" ]
    ```
  */
  zipListsWith =
    f: fst: snd:
    genList (n: f (elemAt fst n) (elemAt snd n)) (lib.min (length fst) (length snd));

  /**
    The pairs of two lists' elements.

    # Type
    `[a] -> [b] -> [ { fst :: a; snd :: b; } ]`

    # Example
    ```nix
    lib.zipLists [ 1 2 ] [ "a" "b" ]
    => [ { fst = 1; snd = "a"; } { fst = 2; snd = "b"; } ]
    ```
  */
  zipLists = zipListsWith (fst: snd: { inherit fst snd; });

  /**
    The list backwards.

    # Type
    `[a] -> [a]`

    # Example
    ```nix
    lib.reverseList [ "b" "o" "j" ]
    => [ "j" "o" "b" ]
    ```
  */
  reverseList =
    list:
    let
      n = length list;
    in
    genList (i: elemAt list (n - i - 1)) n;

  /**
    Calls `f` with each combination of one element out of each list. `mapCartesianProduct` does the
    same with names.

    # Type
    `(a -> b -> … -> c) -> [ [a] [b] … ] -> [c]`

    # Example
    ```nix
    lib.crossLists (x: y: "${toString x}${toString y}") [ [ 1 2 ] [ 3 4 ] ]
    => [ "13" "14" "23" "24" ]
    ```
  */
  crossLists = f: builtins.foldl' (fs: args: concatMap (f: map f args) fs) [ f ];
}
