/**
  Parts of lists.
*/
{ lib }:
let
  inherit (builtins) elemAt genList length;
  inherit (lib.lists)
    commonPrefix
    drop
    findFirstIndex
    hasPrefix
    sublist
    take
    ;
  inherit (lib) max min;
in
{
  /**
    `count` elements from the index `start` on, or as many as there are.

    # Type
    `int -> int -> [a] -> [a]`

    # Example
    ```nix
    [ (lib.sublist 1 3 [ "a" "b" "c" "d" "e" ]) (lib.sublist 1 3 [ ]) ]
    => [ [ "b" "c" "d" ] [ ] ]
    ```
  */
  sublist =
    start: count: list:
    let
      available = length list - start;
    in
    genList (n: elemAt list (n + start)) (if available <= 0 then 0 else min available (max 0 count));

  /**
    The first `n` elements.

    # Type
    `int -> [a] -> [a]`

    # Example
    ```nix
    lib.take 2 [ "a" "b" "c" ]
    => [ "a" "b" ]
    ```
  */
  take = n: sublist 0 n;

  /**
    The last `n` elements.

    # Type
    `int -> [a] -> [a]`

    # Example
    ```nix
    lib.takeEnd 2 [ "a" "b" "c" ]
    => [ "b" "c" ]
    ```
  */
  takeEnd = n: list: drop (max 0 (length list - n)) list;

  /**
    All but the first `n` elements.

    # Type
    `int -> [a] -> [a]`

    # Example
    ```nix
    lib.drop 2 [ "a" "b" "c" ]
    => [ "c" ]
    ```
  */
  drop = n: list: sublist (max 0 n) (length list) list;

  /**
    All but the last `n` elements.

    # Type
    `int -> [a] -> [a]`

    # Example
    ```nix
    lib.dropEnd 2 [ "a" "b" "c" ]
    => [ "a" ]
    ```
  */
  dropEnd = n: list: take (max 0 (length list - n)) list;

  /**
    The last element of a list, which must have one.

    # Type
    `[a] -> a`

    # Example
    ```nix
    lib.last [ 1 2 3 ]
    => 3

    lib.last [ ]
    => error: lists.last: list must not be empty!
    ```
  */
  last =
    list:
    lib.throwIfNot (list != [ ]) "lists.last: list must not be empty!" elemAt list (length list - 1);

  /**
    All elements but the last of a list, which must have one.

    # Type
    `[a] -> [a]`

    # Example
    ```nix
    lib.init [ 1 2 3 ]
    => [ 1 2 ]

    lib.init [ ]
    => error: lists.init: list must not be empty!
    ```
  */
  init =
    list:
    lib.throwIfNot (list != [ ]) "lists.init: list must not be empty!" take (length list - 1) list;

  /**
    Whether `list2` starts with the elements of `list1`.

    # Type
    `[a] -> [a] -> bool`

    # Example
    ```nix
    [ (lib.lists.hasPrefix [ 1 2 ] [ 1 2 3 ]) (lib.lists.hasPrefix [ 0 1 ] [ 1 2 3 ]) ]
    => [ true false ]
    ```
  */
  hasPrefix = list1: list2: take (length list1) list2 == list1;

  /**
    `list2` without the elements of `list1` at its start; an error where it does not start with
    them.

    # Type
    `[a] -> [a] -> [a]`

    # Example
    ```nix
    lib.lists.removePrefix [ 1 2 ] [ 1 2 3 ]
    => [ 3 ]

    lib.lists.removePrefix [ 0 1 ] [ 1 2 3 ]
    => error: lib.lists.removePrefix: First argument is not a list prefix of the second argument
    ```
  */
  removePrefix =
    list1: list2:
    if hasPrefix list1 list2 then
      drop (length list1) list2
    else
      throw "lib.lists.removePrefix: First argument is not a list prefix of the second argument";

  /**
    The elements that both lists start with.

    # Type
    `[a] -> [a] -> [a]`

    # Example
    ```nix
    lib.lists.commonPrefix [ 1 2 3 ] [ 1 2 4 8 ]
    => [ 1 2 ]
    ```
  */
  commonPrefix =
    list1: list2:
    let
      same = lib.zipListsWith (a: b: a == b) list1 list2;
    in
    take (findFirstIndex (equal: !equal) (length same) same) list1;

  /**
    The list with another element at `index`.

    # Type
    `[a] -> int -> a -> [a]`

    # Example
    ```nix
    lib.replaceElemAt [ "a" "b" "c" ] 1 "x"
    => [ "a" "x" "c" ]
    ```
  */
  replaceElemAt =
    list: index: new:
    if index < 0 || index >= length list then
      throw "'lists.replaceElemAt' called with index ${toString index} on a list of size ${toString (length list)}"
    else
      genList (i: if i == index then new else elemAt list i) (length list);
}
