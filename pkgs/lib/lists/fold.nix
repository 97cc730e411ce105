/**
  One value out of a list.
*/
{ lib }:
let
  inherit (builtins) elemAt length;
  inherit (lib.lists) foldl' foldr;
in
{
  /**
    Combines the elements from the right: `f x1 (f x2 (… (f xn nul)))`. As `f` may leave its second
    argument alone, this can stop early.

    # Type
    `(a -> b -> b) -> b -> [a] -> b`

    # Example
    ```nix
    lib.foldr (x: rest: x + rest) "z" [ "a" "b" ]
    => "abz"
    ```
  */
  foldr =
    f: nul: list:
    let
      n = length list;
      go = i: if i == n then nul else f (elemAt list i) (go (i + 1));
    in
    go 0;

  /**
    An old name of `foldr`.

    # Type
    `(a -> b -> b) -> b -> [a] -> b`

    # Example
    ```nix
    lib.fold (x: rest: [ x ] ++ rest) [ ] [ 1 2 ]
    => [ 1 2 ]
    ```
  */
  fold = foldr;

  /**
    Combines the elements from the left: `f (… (f (f nul x1) x2) …) xn`. Nothing is computed before
    it is needed; `foldl'` is nearly always the better choice.

    # Type
    `(b -> a -> b) -> b -> [a] -> b`

    # Example
    ```nix
    lib.foldl (rest: x: rest + x) "z" [ "a" "b" ]
    => "zab"
    ```
  */
  foldl =
    f: nul: list:
    let
      go = i: if i == -1 then nul else f (go (i - 1)) (elemAt list i);
    in
    go (length list - 1);

  /**
    How many elements `p` is true of.

    # Type
    `(a -> bool) -> [a] -> int`

    # Example
    ```nix
    lib.count (x: x == 3) [ 3 2 3 4 ]
    => 2
    ```
  */
  count = p: foldl' (n: x: if p x then n + 1 else n) 0;

  /**
    Groups elements by a name that `f` gives to each.

    # Type
    `(a -> string) -> [a] -> { <name> :: [a] }`

    # Example
    ```nix
    lib.groupBy (x: if x > 2 then "big" else "small") [ 1 5 2 3 ]
    => { big = [ 5 3 ]; small = [ 1 2 ]; }
    ```
  */
  groupBy =
    builtins.groupBy or (
      f:
      foldl' (
        groups: x:
        let
          name = f x;
        in
        groups // { ${name} = (groups.${name} or [ ]) ++ [ x ]; }
      ) { }
    );

  /**
    Groups elements by name, and folds each group.

    # Inputs
    - `op`, `nul`: what the groups are folded with, as for `foldl'`
    - `f`: gives each element the name of its group
    - `list`: the elements

    # Type
    `(b -> a -> b) -> b -> (a -> string) -> [a] -> { <name> :: b }`

    # Example
    ```nix
    lib.groupBy' builtins.add 0 (x: if x > 2 then "big" else "small") [ 1 5 2 3 ]
    => { big = 8; small = 3; }
    ```
  */
  groupBy' =
    op: nul: f: list:
    builtins.mapAttrs (_: foldl' op nul) (lib.groupBy f list);
}
