/**
  Sources that are a part of a directory.
*/
{ lib }:
let
  inherit (builtins)
    any
    match
    ;
  inherit (lib.sources)
    cleanSourceFilter
    cleanSourceWith
    ;

  # What was filtered before is filtered again from its origin: so the store holds no copy in
  # between.
  attributesOf =
    src:
    let
      isFiltered = src ? _isLibCleanSourceWith;
    in
    {
      origSrc = if isFiltered then src.origSrc else src;
      filter = if isFiltered then src.filter else _: _: true;
      # Not the directory's own name: the same files have the same path, wherever they were checked out.
      name = if isFiltered then src.name else "source";
    };

  sourceOf =
    {
      origSrc,
      filter,
      name,
    }:
    {
      inherit origSrc filter name;
      _isLibCleanSourceWith = true;
      outPath = builtins.path {
        inherit filter name;
        path = origSrc;
      };
    };
in
{
  /**
    What `cleanSource` keeps: everything but version control's directories, files of editors, object
    files, and results of Nix.

    # Type
    `string -> string -> bool`

    # Example
    ```nix
    [ (lib.cleanSourceFilter "/src/a.c" "regular") (lib.cleanSourceFilter "/src/a.o" "regular") (lib.cleanSourceFilter "/src/.git" "directory") ]
    => [ true false false ]
    ```
  */
  cleanSourceFilter =
    path: type:
    let
      name = baseNameOf (toString path);
      versionControl =
        (name == ".git")
        || (
          type == "directory"
          && builtins.elem name [
            ".svn"
            "CVS"
            ".hg"
            ".jj"
            ".pijul"
            "_darcs"
          ]
        );
      byEditor = lib.hasSuffix "~" name || match "\\.sw[a-z]" name != null || match "\\..*\\.sw[a-z]" name != null;
      compiled = lib.hasSuffix ".o" name || lib.hasSuffix ".so" name;
      result = type == "symlink" && lib.hasPrefix "result" name;
      # Sockets and the like have no place in the store.
      special = type == "unknown";
    in
    !(versionControl || byEditor || compiled || result || special);

  /**
    A directory without what `cleanSourceFilter` leaves out.

    # Type
    `path -> source`

    # Example
    ```nix
    (lib.cleanSource ./lists)._isLibCleanSourceWith
    => true
    ```
  */
  cleanSource =
    src:
    cleanSourceWith {
      filter = cleanSourceFilter;
      inherit src;
    };

  /**
    A directory with the files of which `filter` is true. It can be applied several times, and what
    is left is what all filters keep.

    # Inputs
    - `src`: the directory, or a source
    - `filter`: gets path and type (`"regular"`, `"directory"`, …) of each file
    - `name`: the name in the store

    # Type
    `{ src, filter ? …, name ? null } -> source`

    # Example
    ```nix
    let src = lib.cleanSourceWith { src = ./lists; filter = path: type: lib.hasSuffix "sort.nix" path; }; in
    builtins.attrNames (builtins.readDir src)
    => [ "sort.nix" ]
    ```
  */
  cleanSourceWith =
    {
      filter ? _path: _type: true,
      src,
      name ? null,
    }:
    let
      before = attributesOf src;
    in
    sourceOf {
      inherit (before) origSrc;
      filter = path: type: before.filter path type && filter path type;
      name = if name != null then name else before.name;
    };

  /**
    A source that prints what it keeps and leaves out.

    # Type
    `source -> source`

    # Example
    ```nix
    (lib.sources.trace ./lists)._isLibCleanSourceWith
    => true
    ```
  */
  trace =
    src:
    let
      attrs = attributesOf src;
    in
    sourceOf (
      attrs
      // {
        filter =
          path: type:
          let
            kept = attrs.filter path type;
          in
          builtins.trace "${attrs.name}.filter ${path} = ${lib.boolToString kept}" kept;
      }
    );

  /**
    `builtins.filterSource`, which also takes sources.

    # Type
    `(string -> string -> bool) -> path -> path`

    # Example
    ```nix
    builtins.attrNames (builtins.readDir (lib.sources.filterSource (path: type: lib.hasSuffix "sort.nix" path) ./lists))
    => [ "sort.nix" ]
    ```
  */
  filterSource = filter: src: cleanSourceWith { inherit filter src; };

  /**
    The files whose path, from the directory, one of the regular expressions matches. Directories on
    the way must match too.

    # Type
    `path -> [string] -> source`

    # Example
    ```nix
    builtins.attrNames (builtins.readDir (lib.sourceByRegex ./. [ "debug\\.nix" "lists" "lists/so.*" ]))
    => [ "debug.nix" "lists" ]
    ```
  */
  sourceByRegex =
    src: regexes:
    let
      root = toString (attributesOf src).origSrc;
    in
    cleanSourceWith {
      inherit src;
      filter =
        path: _type:
        let
          relative = lib.removePrefix (root + "/") (toString path);
        in
        any (regex: match regex relative != null) regexes;
    };

  /**
    The files whose path, from the directory, is like one of the patterns, in which `*` stands for
    any part of a name, `**` for any part of a path, and `?` for one character. Directories are
    kept.

    # Type
    `path -> [string] -> source`

    # Example
    ```nix
    builtins.attrNames (builtins.readDir "${lib.sources.sourceByGlobs ./. [ "lists/s*.nix" ]}/lists")
    => [ "search.nix" "select.nix" "sort.nix" ]
    ```
  */
  sourceByGlobs =
    src: globs:
    let
      root = toString (attributesOf src).origSrc;
      toRegex =
        glob:
        lib.concatMapStrings (
          part:
          if builtins.isList part then
            { "*" = "[^/]*"; "**" = ".*"; "**/" = "(.*/)?"; "?" = "[^/]"; }.${builtins.head part}
          else
            lib.escapeRegex part
        ) (builtins.split "(\\*\\*/|\\*\\*|\\*|\\?)" glob);
      regexes = map toRegex globs;
    in
    cleanSourceWith {
      inherit src;
      filter =
        path: type:
        type == "directory"
        || any (regex: match regex (lib.removePrefix (root + "/") (toString path)) != null) regexes;
    };

  /**
    The files whose names end in one of these. Directories are kept.

    # Type
    `path -> [string] -> source`

    # Example
    ```nix
    builtins.attrNames (builtins.readDir (lib.sourceFilesBySuffices ./lists [ "t.nix" ]))
    => [ "default.nix" "select.nix" "sort.nix" ]
    ```
  */
  sourceFilesBySuffices =
    src: exts:
    cleanSourceWith {
      inherit src;
      filter =
        name: type: type == "directory" || any (ext: lib.hasSuffix ext (baseNameOf name)) exts;
    };

  /**
    Whether a source can be filtered: whether it need not be built before.

    # Type
    `any -> bool`

    # Example
    ```nix
    map lib.canCleanSource [ ./lists "${builtins.toFile "a" ""}" ]
    => [ true false ]
    ```
  */
  canCleanSource = src: src ? _isLibCleanSourceWith || !lib.pathHasContext (toString src);
}
