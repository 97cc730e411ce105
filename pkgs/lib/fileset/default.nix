/**
  Sets of local files, put together before they are copied to the store.

  Where a function wants a file set it also takes a path: of a file, or of a directory with all its
  files.

  A file set has a directory, `_base`, and a tree of what is in the set: `true` is a file, or
  everything in a directory; a set has the trees of a directory's entries; null is nothing. So `a/b`
  and `a/c` in /x are `{ _base = /x; _tree = { a = { b = true; c = true; }; }; }`, and a directory
  is only read if it must be.
*/
{ lib }:
let
  inherit (import ./trees.nix { inherit lib; })
    coerce
    differenceTree
    empty
    fileset
    filesIn
    filterTree
    intersectionTree
    readTree
    show
    together
    unionTree
    ;
  inherit (builtins)
    isPath
    pathExists
    typeOf
    ;

  gitTrackedOf =
    function: which: args: path:
    if !isPath path then
      throw "lib.fileset.${function}: Expected the ${which} to be a path, but it's a ${typeOf path} instead."
    else if !pathExists (path + "/.git") then
      throw "lib.fileset.${function}: Expected the ${which} (${toString path}) to point to a local working tree of a Git repository, but it's not."
    else
      # Nix copies exactly what Git knows; the files have the same names in the copy.
      fileset path (readTree (builtins.fetchGit ({ url = path; shallow = true; } // args)).outPath);
in
{
  /**
    Whether a value can be used as a file set.

    # Type
    `any -> bool`

    # Example
    ```nix
    map lib.fileset.isFileset [ ./default.nix ./nothing "text" lib.fileset.empty ]
    => [ true false false true ]
    ```
  */
  isFileset = x: x._type or null == "fileset" || (isPath x && pathExists x);

  /**
    The set of no files.

    # Type
    `fileset`

    # Example
    ```nix
    lib.fileset.toList lib.fileset.empty
    => [ ]
    ```
  */
  inherit empty;

  /**
    A path, or no files if there is nothing there.

    # Type
    `path -> fileset`

    # Example
    ```nix
    lib.fileset.toList (lib.fileset.maybeMissing ./nothing)
    => [ ]
    ```
  */
  maybeMissing =
    path:
    if !isPath path then
      throw "lib.fileset.maybeMissing: Argument is of type ${typeOf path}, but it should be a path instead."
    else if pathExists path then
      coerce "lib.fileset.maybeMissing: Argument" path
    else
      empty;

  /**
    The files that are in one of two sets, or in both.

    # Type
    `fileset -> fileset -> fileset`

    # Example
    ```nix
    builtins.length (lib.fileset.toList (lib.fileset.union ./default.nix ./debug.nix))
    => 2
    ```
  */
  union =
    a: b:
    together unionTree (coerce "lib.fileset.union: First argument" a) (
      coerce "lib.fileset.union: Second argument" b
    );

  /**
    The files that are in any of these sets.

    # Type
    `[fileset] -> fileset`

    # Example
    ```nix
    map baseNameOf (lib.fileset.toList (lib.fileset.unions [ ./meta.nix ./debug.nix ./meta.nix ]))
    => [ "debug.nix" "meta.nix" ]
    ```
  */
  unions =
    sets:
    if !builtins.isList sets then
      throw "lib.fileset.unions: Argument is of type ${typeOf sets}, but it should be a list instead."
    else
      builtins.foldl' (together unionTree) empty (
        lib.imap0 (i: coerce "lib.fileset.unions: Element ${toString i}") sets
      );

  /**
    The files that are in both sets.

    # Type
    `fileset -> fileset -> fileset`

    # Example
    ```nix
    map baseNameOf (lib.fileset.toList (lib.fileset.intersection ./. ./meta.nix))
    => [ "meta.nix" ]
    ```
  */
  intersection =
    a: b:
    together intersectionTree (coerce "lib.fileset.intersection: First argument" a) (
      coerce "lib.fileset.intersection: Second argument" b
    );

  /**
    The files of the first set that are not in the second.

    # Type
    `fileset -> fileset -> fileset`

    # Example
    ```nix
    builtins.elem ./meta.nix (lib.fileset.toList (lib.fileset.difference ./. ./meta.nix))
    => false
    ```
  */
  difference =
    a: b:
    together differenceTree (coerce "lib.fileset.difference: First argument (positive set)" a) (
      coerce "lib.fileset.difference: Second argument (negative set)" b
    );

  /**
    The files in a directory of which a function is true. It gets `name`, `type` and `hasExt`, which
    says whether the name ends in `.` and a given text.

    # Type
    `({ name, type, hasExt, ... } -> bool) -> path -> fileset`

    # Example
    ```nix
    map baseNameOf (lib.fileset.toList (lib.fileset.fileFilter (file: lib.hasPrefix "s" file.name && file.hasExt "nix") ./lists))
    => [ "search.nix" "select.nix" "sort.nix" ]
    ```
  */
  fileFilter =
    predicate: path:
    if !lib.isFunction predicate then
      throw "lib.fileset.fileFilter: First argument is of type ${typeOf predicate}, but it should be a function instead."
    else if !isPath path then
      throw ''
        lib.fileset.fileFilter: Second argument is of type ${typeOf path}, but it should be a path instead.
            To filter a file set, use `intersection (fileFilter pred ./.) fileset`.''
    else if !pathExists path then
      throw "lib.fileset.fileFilter: Second argument (${toString path}) is a path that does not exist."
    else
      let
        set = coerce "lib.fileset.fileFilter: Second argument" path;
      in
      fileset set._base (
        filterTree (
          path: type:
          type == "directory"
          || (
            let
              name = baseNameOf path;
            in
            predicate {
              inherit name type;
              hasExt = ext: lib.hasSuffix ".${ext}" name;
              # There may be more one day; a function that takes just these fails today, with this
              # name in the error.
              "lib.fileset.fileFilter: The predicate function passed as the first argument must be able to handle extra attributes: end its arguments with `...`." =
                null;
            }
          )
        ) set._base set._tree
      );

  /**
    The files of a source of `lib.sources`.

    # Type
    `source -> fileset`

    # Example
    ```nix
    map baseNameOf (lib.fileset.toList (lib.fileset.fromSource (lib.sourceFilesBySuffices ./lists [ "t.nix" ])))
    => [ "default.nix" "select.nix" "sort.nix" ]
    ```
  */
  fromSource =
    source:
    let
      origin = source.origSrc or source;
      filter = source.filter or (_: _: true);
    in
    if !isPath origin then
      throw "lib.fileset.fromSource: The source origin of the argument is of type ${typeOf origin}, but it should be a path instead."
    else if !pathExists origin then
      throw "lib.fileset.fromSource: The source origin (${toString origin}) of the argument is a path that does not exist."
    else
      let
        set = coerce "lib.fileset.fromSource: Argument" origin;
      in
      fileset set._base (filterTree (path: filter (toString path)) set._base set._tree);

  /**
    The files that Git knows of in a repository.

    # Type
    `path -> fileset`

    # Example
    ```nix
    lib.fileset.gitTracked "text"
    => error: lib.fileset.gitTracked: Expected the argument to be a path, but it's a string instead.
    ```
  */
  gitTracked = path: gitTrackedOf "gitTracked" "argument" { } path;

  /**
    Like `gitTracked`, also with files of submodules.

    # Type
    `{ recurseSubmodules ? false } -> path -> fileset`

    # Example
    ```nix
    lib.fileset.gitTrackedWith { recurseSubmodules = true; } "text"
    => error: lib.fileset.gitTrackedWith: Expected the second argument to be a path, but it's a string instead.
    ```
  */
  gitTrackedWith =
    {
      recurseSubmodules ? false,
    }:
    if !builtins.isBool recurseSubmodules then
      throw "lib.fileset.gitTrackedWith: Expected the attribute `recurseSubmodules` of the first argument to be a boolean, but it's a ${typeOf recurseSubmodules} instead."
    else
      gitTrackedOf "gitTrackedWith" "second argument" { submodules = recurseSubmodules; };

  /**
    All files of a set, as paths.

    # Type
    `fileset -> [path]`

    # Example
    ```nix
    lib.fileset.toList ./default.nix == [ ./default.nix ]
    => true
    ```
  */
  toList =
    set:
    let
      files = coerce "lib.fileset.toList: Argument" set;
    in
    if files._base == null then [ ] else filesIn files._base files._tree;

  /**
    The files of a set below a directory, as a source that is copied to the store where it is used.

    # Inputs
    - `root`: the directory that becomes the source's own
    - `fileset`: the files, all of them below `root`

    # Type
    `{ root :: path, fileset :: fileset } -> source`

    # Example
    ```nix
    builtins.attrNames (builtins.readDir (lib.fileset.toSource { root = ./.; fileset = lib.fileset.unions [ ./meta.nix ./lists/sort.nix ]; }))
    => [ "lists" "meta.nix" ]
    ```
  */
  toSource =
    { root, fileset }:
    let
      set = coerce "lib.fileset.toSource: `fileset`" fileset;
      # What the set has below the root, as a tree that starts there.
      rootTree =
        if set._base == null then
          null
        else if lib.path.hasPrefix root set._base then
          lib.setAttrByPath (lib.path.subpath.components (lib.path.removePrefix root set._base)) set._tree
        else
          treeAt (lib.path.subpath.components (lib.path.removePrefix set._base root)) set._tree;
      treeAt =
        names: tree:
        if names == [ ] || tree == true || tree == null then
          tree
        else
          treeAt (builtins.tail names) (tree.${builtins.head names} or null);
      # Whether the set could have files beside the way to the root. Nobody looks which there are.
      leadsAside =
        names: tree:
        names != [ ]
        && tree != null
        && (
          tree == true
          || builtins.any (name: tree.${name} != null && name != builtins.head names) (builtins.attrNames tree)
          || leadsAside (builtins.tail names) (tree.${builtins.head names} or null)
        );
      outside =
        !lib.path.hasPrefix root set._base
        && (
          !lib.path.hasPrefix set._base root
          || leadsAside (lib.path.subpath.components (lib.path.removePrefix set._base root)) set._tree
        );
    in
    if !isPath root then
      throw (
        "lib.fileset.toSource: `root` "
        + (
          if root ? _isLibCleanSourceWith then
            "is a `lib.sources`-based value, but it should be a path instead. To use a `lib.sources`-based value, convert it to a file set using `lib.fileset.fromSource` and pass it as `fileset`."
          else if lib.isStringLike root then
            "(${toString root}) is a string-like value, but it should be a path instead. Paths in strings are not supported by `lib.fileset`, use `lib.sources` or derivations instead."
          else
            "is of type ${typeOf root}, but it should be a path instead."
        )
      )
    else if !pathExists root then
      throw "lib.fileset.toSource: `root` (${toString root}) is a path that does not exist."
    else if !lib.pathIsDirectory root then
      throw "lib.fileset.toSource: `root` (${toString root}) is a file, but it should be a directory instead. To have the file in a directory, take ${toString (dirOf root)} as `root` and the file as `fileset`; to have the file alone, there is `builtins.path`."
    else if set._base != null && outside then
      throw "lib.fileset.toSource: `fileset` could contain files in ${toString set._base}, which is not under the `root` (${toString root}). Take a directory for `root` that is above all files, or only files below `root`."
    else
      lib.cleanSourceWith {
        name = "source";
        src = root;
        filter =
          path: type:
          let
            tree = treeAt (lib.path.subpath.components (lib.path.removePrefix root (/. + path))) rootTree;
          in
          if type == "directory" then tree != null && filesIn (/. + path) tree != [ ] else tree == true;
      };

  /**
    Prints which files a set has, and is `value`.

    # Type
    `fileset -> a -> a`

    # Example
    ```nix
    lib.fileset.trace ./default.nix 1
    => 1
    ```
  */
  trace = set: show (coerce "lib.fileset.trace: Argument" set) (value: value);

  /**
    Prints which files a set has, and is the set.

    # Type
    `fileset -> fileset`

    # Example
    ```nix
    lib.fileset.traceVal ./default.nix
    => ./default.nix
    ```
  */
  traceVal = set: show (coerce "lib.fileset.traceVal: Argument" set) set;
}
