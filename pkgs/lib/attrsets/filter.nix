/**
  Some attributes of a set.
*/
{ lib }:
let
  inherit (builtins) attrNames filter isAttrs;
  inherit (lib.attrsets) filterAttrsRecursive;
in
{
  /**
    The attributes of which `p` is true.

    # Type
    `(string -> a -> bool) -> { <name> :: a } -> { <name> :: a }`

    # Example
    ```nix
    lib.filterAttrs (name: value: name == "foo") { foo = 1; bar = 2; }
    => { foo = 1; }
    ```
  */
  filterAttrs = p: set: builtins.removeAttrs set (filter (name: !p name set.${name}) (attrNames set));

  /**
    The attributes of which `p` is true, also in sets within.

    # Type
    `(string -> any -> bool) -> { … } -> { … }`

    # Example
    ```nix
    lib.filterAttrsRecursive (name: value: value != null) { a = { b = null; c = 1; }; }
    => { a = { c = 1; }; }
    ```
  */
  filterAttrsRecursive =
    p: set:
    builtins.mapAttrs (_: value: if isAttrs value then filterAttrsRecursive p value else value) (
      lib.filterAttrs p set
    );

  /**
    The attributes `names`, all of which must be there.

    # Type
    `[string] -> { … } -> { … }`

    # Example
    ```nix
    lib.getAttrs [ "a" "b" ] { a = 1; b = 2; c = 3; }
    => { a = 1; b = 2; }
    ```
  */
  getAttrs = names: set: lib.genAttrs names (name: set.${name});

  /**
    Whether a set has what `pattern` has: under every name an equal value, or a set that matches the
    one in the pattern.

    # Type
    `{ … } -> { … } -> bool`

    # Example
    ```nix
    lib.matchAttrs { cpu.bits = 64; } { cpu = { bits = 64; name = "x86_64"; }; os = "linux"; }
    => true
    ```
  */
  matchAttrs =
    pattern: set:
    assert isAttrs pattern;
    builtins.all (
      name:
      set ? ${name}
      && (
        let
          wanted = pattern.${name};
          value = set.${name};
        in
        if isAttrs wanted then isAttrs value && lib.matchAttrs wanted value else wanted == value
      )
    ) (attrNames pattern);
}
