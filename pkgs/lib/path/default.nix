/**
  Paths of files, as values of their own (`./a`), and paths within something (`"a/b"`).
*/
{ lib }:
let
  inherit (builtins) isPath;
  inherit (lib.path) subpath;

  whyInvalid = import ./why-invalid.nix { inherit lib; };

  # A path's components, from the root.
  deconstruct =
    path:
    let
      go =
        components: base:
        if base == dirOf base then
          { inherit components; root = base; }
        else
          go ([ (baseNameOf base) ] ++ components) (dirOf base);
    in
    go [ ] path;

  assertPath =
    function: which: value:
    lib.throwIfNot (isPath value)
      "lib.path.${function}: The ${which} argument is of type ${builtins.typeOf value}, but a path was expected";

  # What `path` has after `prefix`, or null.
  after =
    prefix: path:
    let
      a = deconstruct prefix;
      b = deconstruct path;
      n = builtins.length a.components;
    in
    if a.root == b.root && lib.take n b.components == a.components then lib.drop n b.components else null;

  toSubpath = components: if components == [ ] then "./." else "./" + lib.concatStringsSep "/" components;
in
{
  subpath = import ./subpath.nix { inherit lib; };

  /**
    A path and a subpath after it. Unlike with `+`, the result is always below.

    # Type
    `path -> subpath -> path`

    # Example
    ```nix
    lib.path.append /foo "bar/baz"
    => /foo/bar/baz

    lib.path.append /foo "../bar"
    => error: lib.path.append: Second argument is not a valid subpath string:
    ```
  */
  append =
    path: sub:
    assertPath "append" "first" path lib.throwIfNot (subpath.isValid sub) ''
      lib.path.append: Second argument is not a valid subpath string:
          ${whyInvalid sub}''
      (path + ("/" + sub));

  /**
    Whether the first path is the second, or above it.

    # Type
    `path -> path -> bool`

    # Example
    ```nix
    [ (lib.path.hasPrefix /foo /foo/bar) (lib.path.hasPrefix /foo /foobar) ]
    => [ true false ]
    ```
  */
  hasPrefix =
    path1: path2:
    assertPath "hasPrefix" "first" path1 assertPath "hasPrefix" "second" path2 (after path1 path2 != null);

  /**
    The way from the first path to the second, which must be below.

    # Type
    `path -> path -> subpath`

    # Example
    ```nix
    lib.path.removePrefix /foo /foo/bar/baz
    => "./bar/baz"

    lib.path.removePrefix /foo /bar
    => error: lib.path.removePrefix: The first path argument "/foo" is not a component-wise prefix of the second path argument "/bar".
    ```
  */
  removePrefix =
    path1: path2:
    let
      rest = after path1 path2;
    in
    assertPath "removePrefix" "first" path1 assertPath "removePrefix" "second" path2 (
      if rest != null then
        toSubpath rest
      else
        throw ''lib.path.removePrefix: The first path argument "${toString path1}" is not a component-wise prefix of the second path argument "${toString path2}".''
    );

  /**
    A path's root, and the way from there.

    # Type
    `path -> { root :: path, subpath :: subpath }`

    # Example
    ```nix
    lib.path.splitRoot /foo/bar
    => { root = /.; subpath = "./foo/bar"; }
    ```
  */
  splitRoot =
    path:
    let
      parts = deconstruct path;
    in
    assertPath "splitRoot" "first" path {
      inherit (parts) root;
      subpath = toSubpath parts.components;
    };

  /**
    Whether a path is in the store, or of something within.

    # Type
    `path -> bool`

    # Example
    ```nix
    map lib.path.hasStorePathPrefix [ (/. + builtins.storeDir + "/nvl9ic0pj1fpyln3zaqrf4cclbqdfn1j-foo/bar") (/. + builtins.storeDir) /home ]
    => [ true false false ]
    ```
  */
  hasStorePathPrefix =
    path:
    let
      first = parts: pattern: parts != null && parts != [ ] && builtins.match pattern (builtins.head parts) != null;
    in
    assertPath "hasStorePathPrefix" "first" path (
      # A store path's name is its hash, a dash, and the name; hidden files of the store have none.
      first (after (/. + builtins.storeDir) path) "[0-9a-z]{32}-.+"
      # What stands for an output whose path is not known before it is built.
      || first (deconstruct path).components "[0-9a-z]{52}"
    );
}
