/**
  A set with some attributes changed.
*/
{ lib }:
let
  inherit (builtins) elemAt head length mapAttrs;
in
{
  /**
    `old` with the values that `new` has for its names. Names that only `new` has are not taken.

    # Type
    `{ … } -> { … } -> { … }`

    # Example
    ```nix
    lib.overrideExisting { a = 1; b = 2; } { b = 3; c = 4; }
    => { a = 1; b = 3; }
    ```
  */
  overrideExisting = old: new: old // builtins.intersectAttrs old new;

  /**
    Changes what is at several paths at once. Paths need not lead anywhere yet. Where one path leads
    into what another one changes, the deeper one is changed first.

    # Type
    `[ { path :: [string], update :: any -> any } ] -> { … } -> { … }`

    # Example
    ```nix
    lib.updateManyAttrsByPath [
      { path = [ "a" "b" ]; update = old: old + 1; }
      { path = [ "c" ]; update = old: "new"; }
    ] { a.b = 0; }
    => { a = { b = 1; }; c = "new"; }
    ```
  */
  updateManyAttrsByPath =
    let
      # `depth` names of each update's path are done; `old` is absent where nothing was there.
      go =
        depth: updates: has: old:
        let
          here = builtins.partition (u: length u.path == depth) updates;
          children = lib.groupBy (u: elemAt u.path depth) here.wrong;
          changed =
            if children == { } then
              (if has then old else throw "updateManyAttrsByPath: the path '${lib.showAttrPath (head updates).path}' does not exist in the given value, but the first update to this path tries to access the existing value.")
            else if !has then
              mapAttrs (_: us: go (depth + 1) us false null) children
            else if builtins.isAttrs old then
              old // mapAttrs (name: us: go (depth + 1) us (old ? ${name}) old.${name} or null) children
            else
              let
                u = head here.wrong;
              in
              throw "updateManyAttrsByPath: while updating '${lib.showAttrPath u.path}': the value at '${lib.showAttrPath (lib.take depth u.path)}' is no attribute set, and has no attribute '${elemAt u.path depth}'.";
        in
        # Lazy: an update need not look at what was there.
        lib.foldl (value: u: u.update value) changed here.right;
    in
    updates: value: if updates == [ ] then value else go 0 updates true value;
}
