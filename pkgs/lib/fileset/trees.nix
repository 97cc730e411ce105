# How file sets are put together; not part of `lib`. What a tree is stands in default.nix.
{ lib }:
let
  inherit (builtins)
    attrNames
    isPath
    mapAttrs
    pathExists
    readDir
    typeOf
    ;
in
rec {
  fileset = base: tree: {
    _type = "fileset";
    _base = base;
    _tree = tree;
    # Somebody who uses a file set as a string wants its files in the store, for which there is
    # `toSource`.
    __toString =
      _: throw "lib.fileset: Directly evaluating a file set is not supported. To turn it into a usable source, use `lib.fileset.toSource`.";
  };

  empty = fileset null null;

  # A path as a file set. `context` says in messages where it comes from.
  coerce =
    context: value:
    if value._type or null == "fileset" then
      value
    else if value ? _isLibCleanSourceWith then
      throw "${context} is a `lib.sources`-based value, but it should be a file set or a path instead. To convert a `lib.sources`-based value to a file set you can use `lib.fileset.fromSource`."
    else if lib.isStringLike value && !isPath value then
      throw "${context} (${builtins.toJSON (toString value)}) is a string-like value, but it should be a file set or a path instead. Paths represented as strings are not supported by `lib.fileset`, use `lib.sources` or derivations instead."
    else if !isPath value then
      throw "${context} is of type ${typeOf value}, but it should be a file set or a path instead."
    else if !pathExists value then
      throw "${context} (${toString value}) is a path that does not exist. To create a file set from a path that may not exist, use `lib.fileset.maybeMissing`."
    else if lib.pathIsDirectory value then
      fileset value true
    else
      fileset (dirOf value) { ${baseNameOf value} = true; };

  # Two sets, combined by `f`, which takes the directory and the trees of both from there.
  together =
    f: a: b:
    if a._base == null || b._base == null then
      # Nothing has no place: it is put where the other set is.
      let
        base = if a._base == null then b._base else a._base;
      in
      if base == null then empty else fileset base (f base a._tree b._tree)
    else
      let
        base = commonAncestor a._base b._base;
      in
      fileset base (f base (seenFrom base a) (seenFrom base b));

  commonAncestor = a: b: if lib.path.hasPrefix a b then a else commonAncestor (dirOf a) b;

  # A set's tree from a directory above its own.
  seenFrom =
    base: set:
    lib.setAttrByPath (lib.path.subpath.components (lib.path.removePrefix base set._base)) set._tree;

  unionTree =
    path: a: b:
    # The first one may say enough.
    if a == true then
      a
    else if a == null || b == true then
      b
    else if b == null then
      a
    else
      a // mapAttrs (name: unionTree (path + "/${name}") (a.${name} or null)) b;

  intersectionTree =
    path: a: b:
    if a == null || b == null then
      null
    else if a == true then
      b
    else if b == true then
      a
    else
      mapAttrs (name: intersectionTree (path + "/${name}") a.${name}) (builtins.intersectAttrs a b);

  differenceTree =
    path: a: b:
    if a == null || b == true then
      null
    else if b == null then
      a
    else
      # The whole of a directory without a part of it: now its entries must be known.
      mapAttrs (name: tree: differenceTree (path + "/${name}") tree (b.${name} or null)) (
        if a == true then mapAttrs (_: _: true) (readDir path) else a
      );

  # The part of a tree of which `keep` is true; it is asked for directories too, before what is in
  # them.
  filterTree =
    keep: path: tree:
    if tree == null then
      null
    else
      mapAttrs (
        name: type:
        let
          here = path + "/${name}";
          below = if tree == true then true else tree.${name} or null;
        in
        if below == null || !keep here type then
          null
        else if type == "directory" then
          filterTree keep here below
        else
          true
      ) (readDir path);

  # A directory's tree with an entry for each file.
  readTree = path: mapAttrs (name: type: if type == "directory" then readTree (path + "/${name}") else true) (readDir path);

  # The files of a tree, as paths.
  filesIn =
    path: tree:
    if tree == null then
      [ ]
    else
      let
        entries = readDir path;
        file =
          name:
          let
            here = path + "/${name}";
            below = if tree == true then true else tree.${name};
          in
          if entries.${name} or null == "directory" then
            filesIn here below
          else
            lib.optional (below != null && entries ? ${name}) here;
      in
      builtins.concatMap file (attrNames (if tree == true then entries else tree));

  # Prints a tree, a line for each entry, and is `value`.
  show =
    set: value:
    let
      isAll = path: tree: tree == true || filesIn path tree == filesIn path true;
      lines =
        indent: path: tree:
        builtins.concatMap (
          name:
          let
            type = (readDir path).${name};
            here = path + "/${name}";
            below = tree.${name};
          in
          if below == null || (type == "directory" && filesIn here below == [ ]) then
            [ ]
          else if type != "directory" then
            [ "${indent}- ${name} (${type})" ]
          else if isAll here below then
            [ "${indent}- ${name} (all files in directory)" ]
          else
            [ "${indent}- ${name}" ] ++ lines "${indent}  " here below
        ) (attrNames tree);
      text =
        if set._base == null || filesIn set._base set._tree == [ ] then
          [ "(empty)" ]
        else if isAll set._base set._tree then
          [ "${toString set._base} (all files in directory)" ]
        else
          [ (toString set._base) ] ++ lines "" set._base set._tree;
    in
    lib.foldr builtins.trace value text;
}
