/**
  Something of each attribute.
*/
{ lib }:
let
  inherit (builtins) attrNames isAttrs mapAttrs;
  inherit (lib.attrsets) mapAttrsRecursiveCond mapAttrsToList mapAttrsToListRecursiveCond;
in
{
  /**
    Makes another attribute of each, with another name if you like. Where two get the same name, the
    last one is there.

    # Type
    `(string -> a -> { name :: string, value :: b }) -> { <name> :: a } -> { <name> :: b }`

    # Example
    ```nix
    lib.mapAttrs' (name: value: lib.nameValuePair "foo_${name}" (value + 1)) { x = 1; y = 2; }
    => { foo_x = 2; foo_y = 3; }
    ```
  */
  mapAttrs' = f: set: builtins.listToAttrs (mapAttrsToList f set);

  /**
    A list of what `f` makes of each attribute, in the order of their names.

    # Type
    `(string -> a -> b) -> { <name> :: a } -> [b]`

    # Example
    ```nix
    lib.mapAttrsToList (name: value: name + value) { x = "a"; y = "b"; }
    => [ "xa" "yb" ]
    ```
  */
  mapAttrsToList = f: set: builtins.attrValues (mapAttrs f set);

  /**
    Makes a set of each attribute, and one set of all those.

    # Type
    `(string -> a -> { … }) -> { <name> :: a } -> { … }`

    # Example
    ```nix
    lib.concatMapAttrs (name: value: { ${name} = value; ${name + value} = value; }) { x = "a"; }
    => { x = "a"; xa = "a"; }
    ```
  */
  concatMapAttrs = f: set: lib.mergeAttrsList (builtins.attrValues (mapAttrs f set));

  /**
    Applies `f` to all that is no set, however deep; it gets the path too.

    # Type
    `([string] -> a -> b) -> { … } -> { … }`

    # Example
    ```nix
    lib.mapAttrsRecursive (path: value: "${lib.concatStringsSep "-" path}=${value}") { n.a = "A"; b = "B"; }
    => { n = { a = "n-a=A"; }; b = "b=B"; }
    ```
  */
  mapAttrsRecursive = mapAttrsRecursiveCond (_: true);

  /**
    Like `mapAttrsRecursive`; sets of which `cond` is false are not looked into, but given to `f`.

    # Type
    `({ … } -> bool) -> ([string] -> a -> b) -> { … } -> { … }`

    # Example
    ```nix
    lib.mapAttrsRecursiveCond (set: !set ? leaf) (path: value: builtins.length path) { a.b.leaf = true; c = 1; }
    => { a = { b = 2; }; c = 1; }
    ```
  */
  mapAttrsRecursiveCond =
    cond: f:
    let
      go =
        path:
        mapAttrs (
          name: value:
          let
            here = path ++ [ name ];
          in
          if isAttrs value && cond value then go here value else f here value
        );
    in
    go [ ];

  /**
    A list of what `f` makes of all that is no set, however deep.

    # Type
    `([string] -> a -> b) -> { … } -> [b]`

    # Example
    ```nix
    lib.mapAttrsToListRecursive (path: value: "${lib.concatStringsSep "." path}=${value}") { n.a = "A"; b = "B"; }
    => [ "b=B" "n.a=A" ]
    ```
  */
  mapAttrsToListRecursive = mapAttrsToListRecursiveCond (_: _: true);

  /**
    Like `mapAttrsToListRecursive`; sets of which `cond` is false are not looked into, but given to
    `f`.

    # Type
    `([string] -> { … } -> bool) -> ([string] -> a -> b) -> { … } -> [b]`

    # Example
    ```nix
    lib.mapAttrsToListRecursiveCond (path: value: !value ? leaf) (path: value: lib.last path) { a.b.leaf = true; c = 1; }
    => [ "b" "c" ]
    ```
  */
  mapAttrsToListRecursiveCond =
    cond: f:
    let
      go =
        path: set:
        builtins.concatMap (
          name:
          let
            here = path ++ [ name ];
            value = set.${name};
          in
          if isAttrs value && cond here value then go here value else [ (f here value) ]
        ) (attrNames set);
    in
    go [ ];

  /**
    Combines the attributes from the first name to the last.

    # Type
    `(a -> string -> b -> a) -> a -> { <name> :: b } -> a`

    # Example
    ```nix
    lib.foldlAttrs (sum: name: value: sum + value) 0 { a = 1; b = 2; }
    => 3
    ```
  */
  foldlAttrs =
    f: nul: set:
    builtins.foldl' (acc: name: f acc name set.${name}) nul (attrNames set);
}
