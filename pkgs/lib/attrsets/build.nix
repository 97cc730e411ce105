/**
  Sets out of something else, and lists out of sets.
*/
{ lib }:
let
  inherit (lib.attrsets) genAttrs' mapCartesianProduct;
in
{
  /**
    The pair that `listToAttrs` makes an attribute of.

    # Type
    `string -> a -> { name :: string, value :: a }`

    # Example
    ```nix
    lib.nameValuePair "some" 6
    => { name = "some"; value = 6; }
    ```
  */
  nameValuePair = name: value: { inherit name value; };

  /**
    A set with these names, and the values that `f` gives them.

    # Type
    `[string] -> (string -> a) -> { <name> :: a }`

    # Example
    ```nix
    lib.genAttrs [ "foo" "bar" ] (name: "x_" + name)
    => { foo = "x_foo"; bar = "x_bar"; }
    ```
  */
  genAttrs = names: f: genAttrs' names (name: lib.nameValuePair name (f name));

  /**
    A set of the names and values that `f` makes of a list's elements.

    # Type
    `[a] -> (a -> { name :: string, value :: b }) -> { <name> :: b }`

    # Example
    ```nix
    lib.genAttrs' [ 1 2 ] (n: lib.nameValuePair "n${toString n}" (n * n))
    => { n1 = 1; n2 = 4; }
    ```
  */
  genAttrs' = list: f: builtins.listToAttrs (map f list);

  /**
    `set` if `condition` holds, else the empty set.

    # Type
    `bool -> { … } -> { … }`

    # Example
    ```nix
    [ (lib.optionalAttrs true { a = 1; }) (lib.optionalAttrs false { a = 1; }) ]
    => [ { a = 1; } { } ]
    ```
  */
  optionalAttrs = condition: set: if condition then set else { };

  /**
    The values of the attributes `names`, in that order. All must be there.

    # Type
    `[string] -> { … } -> [any]`

    # Example
    ```nix
    lib.attrVals [ "b" "a" ] { a = 1; b = 2; c = 3; }
    => [ 2 1 ]
    ```
  */
  attrVals = names: set: map (name: set.${name}) names;

  /**
    The set's attributes as pairs: what `listToAttrs` takes.

    # Type
    `{ <name> :: a } -> [ { name :: string, value :: a } ]`

    # Example
    ```nix
    lib.attrsToList { foo = 1; }
    => [ { name = "foo"; value = 1; } ]
    ```
  */
  attrsToList = lib.mapAttrsToList lib.nameValuePair;

  /**
    All values of which `p` is true, however deep, without looking into those.

    # Type
    `(any -> bool) -> { … } -> [any]`

    # Example
    ```nix
    lib.collect builtins.isList { a = { b = [ "b" ]; }; c = [ 1 ]; }
    => [ [ "b" ] [ 1 ] ]
    ```
  */
  collect =
    p: value:
    if p value then
      [ value ]
    else if builtins.isAttrs value then
      builtins.concatMap (lib.collect p) (builtins.attrValues value)
    else
      [ ];

  /**
    Every set that has, under each name, one element of that name's list.

    # Type
    `{ <name> :: [a] } -> [ { <name> :: a } ]`

    # Example
    ```nix
    lib.cartesianProduct { a = [ 1 2 ]; b = [ 10 ]; }
    => [ { a = 1; b = 10; } { a = 2; b = 10; } ]
    ```
  */
  cartesianProduct =
    lists:
    builtins.foldl' (
      sets: name: builtins.concatMap (set: map (x: set // { ${name} = x; }) lists.${name}) sets
    ) [ { } ] (builtins.attrNames lists);

  /**
    What `f` makes of each set of the `cartesianProduct`.

    # Type
    `({ <name> :: a } -> b) -> { <name> :: [a] } -> [b]`

    # Example
    ```nix
    lib.mapCartesianProduct ({ a, b }: "${a}-${b}") { a = [ "1" "2" ]; b = [ "3" ]; }
    => [ "1-3" "2-3" ]
    ```
  */
  mapCartesianProduct = f: lists: map f (lib.cartesianProduct lists);
}
