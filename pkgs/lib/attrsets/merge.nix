/**
  One set out of several.
*/
{ lib }:
let
  inherit (builtins) attrNames concatMap head isAttrs tail;
  inherit (lib.attrsets) recursiveUpdateUntil zipAttrsWith;
in
{
  /**
    All attributes of all sets; the last one that has a name wins. Quicker than folding `//` over
    many sets.

    # Type
    `[ { … } ] -> { … }`

    # Example
    ```nix
    lib.mergeAttrsList [ { a = 0; b = 1; } { c = 2; } { b = 3; } ]
    => { a = 0; b = 3; c = 2; }
    ```
  */
  mergeAttrsList =
    list:
    let
      # Halves are merged with halves, so that no attribute is copied more than log n times.
      go =
        start: end:
        if end - start == 1 then
          builtins.elemAt list start
        else
          let
            middle = start + (end - start) / 2;
          in
          go start middle // go middle end;
    in
    if list == [ ] then { } else go 0 (builtins.length list);

  /**
    Both sets' attributes; where both have a set, that is merged in the same way, else `rhs` wins.

    # Type
    `{ … } -> { … } -> { … }`

    # Example
    ```nix
    lib.recursiveUpdate { a = { x = 1; y = 1; }; } { a.y = 2; b = 3; }
    => { a = { x = 1; y = 2; }; b = 3; }
    ```
  */
  recursiveUpdate = recursiveUpdateUntil (
    _: lhs: rhs:
    !(isAttrs lhs && isAttrs rhs)
  );

  /**
    Merges sets within sets until `p` is true of the path and both values; there `rhs` wins.

    # Type
    `([string] -> any -> any -> bool) -> { … } -> { … } -> { … }`

    # Example
    ```nix
    lib.recursiveUpdateUntil (path: l: r: path == [ "foo" ]) { foo.bar = 1; x.y = 1; } { foo.baz = 2; x.z = 2; }
    => { foo = { baz = 2; }; x = { y = 1; z = 2; }; }
    ```
  */
  recursiveUpdateUntil =
    p:
    let
      go =
        path:
        builtins.zipAttrsWith or lib.zipAttrsWith (
          name: values:
          let
            here = path ++ [ name ];
          in
          if tail values == [ ] || p here (head (tail values)) (head values) then
            head values
          else
            go here values
        );
    in
    # The values come right side first, so that the head is the one that wins.
    lhs: rhs:
    go [ ] [
      rhs
      lhs
    ];

  /**
    Both sets' attributes; an error where both have the same name.

    # Type
    `{ … } -> { … } -> { … }`

    # Example
    ```nix
    lib.attrsets.unionOfDisjoint { a = 1; } { b = 2; }
    => { a = 1; b = 2; }

    lib.attrsets.unionOfDisjoint { a = 1; } { a = 2; }
    => error: unionOfDisjoint: collision on a; complete list: a
    ```
  */
  unionOfDisjoint =
    x: y:
    let
      shared = attrNames (builtins.intersectAttrs x y);
      collision = name: throw "unionOfDisjoint: collision on ${name}; complete list: ${lib.concatStringsSep " " shared}";
    in
    x // y // lib.genAttrs shared collision;

  /**
    What `f` makes of all values that sets have under a name.

    # Type
    `(string -> [a] -> b) -> [ { <name> :: a } ] -> { <name> :: b }`

    # Example
    ```nix
    lib.zipAttrsWith (name: values: values) [ { a = "x"; } { a = "y"; b = "z"; } ]
    => { a = [ "x" "y" ]; b = [ "z" ]; }
    ```
  */
  zipAttrsWith =
    builtins.zipAttrsWith
      or (f: sets: lib.zipAttrsWithNames (lib.unique (concatMap attrNames sets)) f sets);

  /**
    Like `zipAttrsWith`, for the given names.

    # Type
    `[string] -> (string -> [a] -> b) -> [ { <name> :: a } ] -> { <name> :: b }`

    # Example
    ```nix
    lib.zipAttrsWithNames [ "a" ] (name: values: values) [ { a = "x"; } { a = "y"; b = "z"; } ]
    => { a = [ "x" "y" ]; }
    ```
  */
  zipAttrsWithNames =
    names: f: sets:
    lib.genAttrs names (name: f name (builtins.catAttrs name sets));

  /**
    The list of values that sets have under each name.

    # Type
    `[ { <name> :: a } ] -> { <name> :: [a] }`

    # Example
    ```nix
    lib.zipAttrs [ { a = "x"; } { a = "y"; } ]
    => { a = [ "x" "y" ]; }
    ```
  */
  zipAttrs = zipAttrsWith (_: values: values);

  /**
    Folds, name by name, the values that sets have, from the right.

    # Type
    `(a -> b -> b) -> b -> [ { <name> :: a } ] -> { <name> :: b }`

    # Example
    ```nix
    lib.foldAttrs (x: list: [ x ] ++ list) [ ] [ { a = 2; } { a = 3; } ]
    => { a = [ 2 3 ]; }
    ```
  */
  foldAttrs =
    f: nul: sets:
    zipAttrsWith (_: lib.foldr f nul) sets;
}
