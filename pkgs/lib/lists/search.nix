/**
  Elements that something is true of, and their places.
*/
{ lib }:
let
  inherit (builtins) elemAt filter length;
  inherit (lib.lists) findFirstIndex;
in
{
  /**
    The index of the first element of which `p` is true, else `default`. Elements after it are not
    looked at.

    # Type
    `(a -> bool) -> b -> [a] -> (int | b)`

    # Example
    ```nix
    [ (lib.lists.findFirstIndex (x: x > 3) null [ 0 6 4 ]) (lib.lists.findFirstIndex (x: x > 9) null [ 0 6 4 ]) ]
    => [ 1 null ]
    ```
  */
  findFirstIndex =
    p: default: list:
    let
      # foldl' keeps long lists off the stack. A negative number is how far was looked, minus one.
      found = builtins.foldl' (
        index: x: if index >= 0 then index else if p x then -index - 1 else index - 1
      ) (-1) list;
    in
    if found < 0 then default else found;

  /**
    The first element of which `p` is true, else `default`.

    # Type
    `(a -> bool) -> a -> [a] -> a`

    # Example
    ```nix
    [ (lib.findFirst (x: x > 3) 7 [ 1 6 4 ]) (lib.findFirst (x: x > 9) 7 [ 1 6 4 ]) ]
    => [ 6 7 ]
    ```
  */
  findFirst =
    p: default: list:
    let
      index = findFirstIndex p null list;
    in
    if index == null then default else elemAt list index;

  /**
    The only element of which `p` is true.

    # Inputs
    - `p`: the condition
    - `default`: the result where there is none
    - `multiple`: the result where there are several
    - `list`: the elements

    # Type
    `(a -> bool) -> a -> a -> [a] -> a`

    # Example
    ```nix
    map (lib.findSingle (x: x == 3) "none" "multiple") [ [ 1 3 ] [ 1 9 ] [ 3 3 ] ]
    => [ 3 "none" "multiple" ]
    ```
  */
  findSingle =
    p: default: multiple: list:
    let
      found = filter p list;
      n = length found;
    in
    if n == 0 then
      default
    else if n == 1 then
      builtins.head found
    else
      multiple;

  /**
    The list without the elements that are equal to `x`.

    # Type
    `a -> [a] -> [a]`

    # Example
    ```nix
    lib.remove 3 [ 1 3 4 3 ]
    => [ 1 4 ]
    ```
  */
  remove = x: filter (y: y != x);
}
