/**
  Lists as sets: what they share, and what they hold once.
*/
{ lib }:
let
  inherit (builtins) elem filter;
  inherit (lib.lists) intersectLists unique uniqueStrings;
in
{
  /**
    The elements of `list2` that are also in `list1`.

    # Type
    `[a] -> [a] -> [a]`

    # Example
    ```nix
    lib.intersectLists [ 1 2 3 ] [ 6 3 2 ]
    => [ 3 2 ]
    ```
  */
  intersectLists = list1: filter (x: elem x list1);

  /**
    The elements of `list2` that are not in `list1`.

    # Type
    `[a] -> [a] -> [a]`

    # Example
    ```nix
    lib.subtractLists [ 3 2 ] [ 1 2 3 4 5 3 ]
    => [ 1 4 5 ]
    ```
  */
  subtractLists = list1: filter (x: !elem x list1);

  /**
    Whether the lists have no element in common.

    # Type
    `[a] -> [a] -> bool`

    # Example
    ```nix
    lib.mutuallyExclusive [ 1 2 ] [ 3 ]
    => true
    ```
  */
  mutuallyExclusive = a: b: !builtins.any (x: elem x a) b;

  /**
    The elements, each once, in the order of their first appearance. Every pair is compared;
    `uniqueStrings` is quicker.

    # Type
    `[a] -> [a]`

    # Example
    ```nix
    lib.unique [ 3 2 3 4 ]
    => [ 3 2 4 ]
    ```
  */
  unique = builtins.foldl' (seen: x: if elem x seen then seen else seen ++ [ x ]) [ ];

  /**
    The strings of a list, each once, sorted. They must not have context.

    # Type
    `[string] -> [string]`

    # Example
    ```nix
    lib.uniqueStrings [ "foo" "bar" "foo" ]
    => [ "bar" "foo" ]
    ```
  */
  uniqueStrings = list: builtins.attrNames (lib.groupBy lib.id list);

  /**
    Whether no two elements are equal.

    # Type
    `[a] -> bool`

    # Example
    ```nix
    map lib.allUnique [ [ 3 2 4 ] [ 3 2 3 ] ]
    => [ true false ]
    ```
  */
  allUnique = list: builtins.length (unique list) == builtins.length list;
}
