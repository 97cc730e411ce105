/**
  Attributes of attributes. A path is a list of names: `[ "a" "b" ]` is what `.a.b` says.
*/
{ lib }:
let
  inherit (builtins) elemAt length;
  inherit (lib.attrsets) attrByPath longestValidPathPrefix;

  # How many names of `path` lead somewhere in `set`, and what is there.
  follow =
    path: set:
    let
      n = length path;
      go =
        depth: value:
        if depth == n || !(value ? ${elemAt path depth}) then
          { inherit depth value; }
        else
          go (depth + 1) value.${elemAt path depth};
    in
    go 0 set;
in
{
  /**
    What is at a path, or `default`.

    # Type
    `[string] -> a -> { … } -> a`

    # Example
    ```nix
    let set = { a.b = 3; }; in
    [ (lib.attrByPath [ "a" "b" ] 6 set) (lib.attrByPath [ "z" ] 6 set) ]
    => [ 3 6 ]
    ```
  */
  attrByPath =
    path: default: set:
    let
      found = follow path set;
    in
    if found.depth == length path then found.value else default;

  /**
    Whether a path leads somewhere.

    # Type
    `[string] -> { … } -> bool`

    # Example
    ```nix
    lib.hasAttrByPath [ "a" "b" ] { a.b = 3; }
    => true
    ```
  */
  hasAttrByPath = path: set: (follow path set).depth == length path;

  /**
    As much of a path as leads somewhere.

    # Type
    `[string] -> { … } -> [string]`

    # Example
    ```nix
    lib.attrsets.longestValidPathPrefix [ "a" "b" "z" ] { a.b.c = 3; }
    => [ "a" "b" ]
    ```
  */
  longestValidPathPrefix = path: set: lib.take (follow path set).depth path;

  /**
    A set in which there is `value` at a path, and nothing else.

    # Type
    `[string] -> a -> { … }`

    # Example
    ```nix
    lib.setAttrByPath [ "a" "b" ] 3
    => { a = { b = 3; }; }
    ```
  */
  setAttrByPath = path: value: lib.foldr (name: inner: { ${name} = inner; }) value path;

  /**
    What is at a path, which must lead somewhere.

    # Type
    `[string] -> { … } -> any`

    # Example
    ```nix
    lib.getAttrFromPath [ "a" "b" ] { a.b = 3; }
    => 3

    lib.getAttrFromPath [ "z" "z" ] { }
    => error: cannot find attribute 'z.z'
    ```
  */
  getAttrFromPath =
    path: attrByPath path (throw "cannot find attribute '${lib.concatStringsSep "." path}'");

  /**
    A path as it is written in Nix.

    # Type
    `[string] -> string`

    # Example
    ```nix
    map lib.showAttrPath [ [ "foo" "10" "bar" ] [ ] ]
    => [ "foo.\"10\".bar" "<root attribute path>" ]
    ```
  */
  showAttrPath =
    path:
    if path == [ ] then
      "<root attribute path>"
    else
      lib.concatMapStringsSep "." lib.strings.escapeNixIdentifier path;
}
