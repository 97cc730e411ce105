/**
  Lists in order.
*/
{ lib }:
let
  inherit (builtins)
    elemAt
    filter
    head
    length
    tail
    ;
  inherit (lib.lists) compareLists listDfs toposort;
in
{
  /**
    Sorts a list; `comparator a b` says whether `a` comes before `b`. Equal elements keep their
    order.

    # Type
    `(a -> a -> bool) -> [a] -> [a]`

    # Example
    ```nix
    lib.sort (a: b: a > b) [ 5 3 7 ]
    => [ 7 5 3 ]
    ```
  */
  sort = builtins.sort;

  /**
    Sorts by what `f` makes of each element, which is computed once for each.

    # Type
    `(a -> b) -> [a] -> [a]`

    # Example
    ```nix
    lib.sortOn builtins.stringLength [ "aa" "b" "cccc" ]
    => [ "b" "aa" "cccc" ]
    ```
  */
  sortOn =
    f: list:
    map (pair: elemAt pair 1) (
      builtins.sort (a: b: head a < head b) (
        map (x: [
          (f x)
          x
        ]) list
      )
    );

  /**
    Compares two lists element by element; the first pair that differs decides, else the shorter
    list comes first.

    # Type
    `(a -> a -> int) -> [a] -> [a] -> int`

    # Example
    ```nix
    [ (lib.compareLists lib.compare [ 1 2 ] [ 1 3 ]) (lib.compareLists lib.compare [ "a" ] [ ]) ]
    => [ (-1) 1 ]
    ```
  */
  compareLists =
    cmp: a: b:
    let
      differing = lib.findFirst (c: c != 0) 0 (lib.zipListsWith cmp a b);
    in
    if differing != 0 then differing else lib.compare (length a) (length b);

  /**
    Sorts strings the way people do: numbers in them count as numbers.

    # Type
    `[string] -> [string]`

    # Example
    ```nix
    lib.naturalSort [ "disk11" "disk8" "disk100" "disk9" ]
    => [ "disk8" "disk9" "disk11" "disk100" ]
    ```
  */
  naturalSort =
    list:
    let
      # A number becomes a list, so that it is told from text.
      vectorise =
        text:
        map (part: if builtins.isList part then lib.toIntBase10 (head part) else part) (
          builtins.split "(0|[1-9][0-9]*)" text
        );
      prepared = map (x: [
        (vectorise x)
        x
      ]) list;
      less = a: b: compareLists lib.compare (head a) (head b) < 0;
    in
    map (x: elemAt x 1) (builtins.sort less prepared);

  /**
    Walks from the first element to what comes before it, depth first.

    # Inputs
    - `stopOnCycles`: whether to stop where a cycle is found
    - `before`: whether its first argument comes before its second
    - `list`: the elements, the first of which is where to start

    Returns `visited` and `rest`, and `minimal`, an element that nothing comes before; or, where the
    walk stopped, `cycle` and `loops`.

    # Type
    `bool -> (a -> a -> bool) -> [a] -> { minimal, visited, rest } | { cycle, loops, visited, rest }`

    # Example
    ```nix
    lib.listDfs true lib.hasPrefix [ "/home/user" "other" "/" "/home" ]
    => { minimal = "/"; visited = [ "/home/user" ]; rest = [ "/home" "other" ]; }

    lib.listDfs true lib.hasPrefix [ "/home/user" "other" "/" "/home" "/" ]
    => { cycle = "/"; loops = [ "/" ]; visited = [ "/" "/home/user" ]; rest = [ "/home" "other" ]; }
    ```
  */
  listDfs =
    stopOnCycles: before: list:
    let
      walk =
        us: visited: rest:
        let
          loops = filter (x: before x us) visited;
          here = builtins.partition (x: before x us) rest;
        in
        if stopOnCycles && loops != [ ] then
          {
            cycle = us;
            inherit loops visited rest;
          }
        else if here.right == [ ] then
          {
            minimal = us;
            inherit visited rest;
          }
        else
          walk (head here.right) ([ us ] ++ visited) (tail here.right ++ here.wrong);
    in
    walk (head list) [ ] (tail list);

  /**
    An order in which nothing comes after what it must come before: `{ result = …; }`, or where
    there is none `{ cycle = …; loops = …; }`.

    # Type
    `(a -> a -> bool) -> [a] -> { result :: [a] } | { cycle :: [a], loops :: [a] }`

    # Example
    ```nix
    lib.toposort lib.hasPrefix [ "/home/user" "other" "/" "/home" ]
    => { result = [ "/" "/home" "/home/user" "other" ]; }

    lib.toposort (a: b: a < b) [ 3 2 1 ]
    => { result = [ 1 2 3 ]; }
    ```
  */
  toposort =
    before: list:
    let
      first = listDfs true before list;
      others = toposort before (first.visited ++ first.rest);
    in
    if length list < 2 then
      { result = list; }
    else if first ? cycle then
      {
        cycle = lib.reverseList ([ first.cycle ] ++ first.visited);
        inherit (first) loops;
      }
    else if others ? cycle then
      others
    else
      { result = [ first.minimal ] ++ others.result; };
}
