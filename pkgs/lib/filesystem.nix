/**
  What is in files and directories.
*/
{ lib }:
let
  inherit (builtins) pathExists readDir;
  inherit (lib.filesystem)
    listFilesRecursive
    packagesFromDirectoryRecursive
    pathType
    ;
in
{
  inherit (builtins)
    baseNameOf
    dirOf
    hashFile
    isPath
    readDir
    ;
  ${if builtins ? readFileType then "readFileType" else null} = builtins.readFileType;

  /**
    What is at a path: `"regular"`, `"directory"`, `"symlink"` or `"unknown"`; an error if there is
    nothing.

    # Type
    `path -> string`

    # Example
    ```nix
    map lib.pathType [ ./. ./default.nix ]
    => [ "directory" "regular" ]
    ```
  */
  pathType =
    builtins.readFileType or (
      path:
      let
        name = baseNameOf path;
      in
      if !pathExists path then
        abort "lib.filesystem.pathType: Path ${toString path} does not exist."
      # The root has no directory in which it could be looked up.
      else if dirOf path == path then
        "directory"
      else
        (readDir (dirOf path)).${name}
    );

  /**
    Whether there is a directory at a path.

    # Type
    `path -> bool`

    # Example
    ```nix
    map lib.pathIsDirectory [ ./. ./default.nix ./nothing ]
    => [ true false false ]
    ```
  */
  pathIsDirectory = path: pathExists path && pathType path == "directory";

  /**
    Whether there is a file at a path.

    # Type
    `path -> bool`

    # Example
    ```nix
    map lib.pathIsRegularFile [ ./. ./default.nix ./nothing ]
    => [ false true false ]
    ```
  */
  pathIsRegularFile = path: pathExists path && pathType path == "regular";

  /**
    The Haskell packages in a directory: the directories with a Cabal file of the same name, by
    name.

    # Type
    `path -> { <name> :: path }`

    # Example
    ```nix
    lib.filesystem.haskellPathsInDir ./.
    => { }
    ```
  */
  haskellPathsInDir =
    root:
    let
      isPackage =
        name: type: type == "directory" && pathExists (root + "/${name}/${name}.cabal");
    in
    lib.mapAttrs (name: _: root + "/${name}") (lib.filterAttrs isPackage (readDir root));

  /**
    The nearest directory, from `file` upwards, with an entry whose name a regular expression
    matches: its path and the matches. Null if there is none.

    # Type
    `string -> path -> ({ path, matches } | null)`

    # Example
    ```nix
    (lib.filesystem.locateDominatingFile "(default)\\.nix" ./lists).matches
    => [ [ "default" ] ]
    ```
  */
  locateDominatingFile =
    pattern: file:
    let
      go =
        path:
        let
          matches = builtins.filter (m: m != null) (
            map (builtins.match pattern) (builtins.attrNames (readDir path))
          );
        in
        if matches != [ ] then
          { inherit path matches; }
        else if path == /. then
          null
        else
          go (dirOf path);
      base = baseNameOf file;
      directory = dirOf file;
      isDirectory = (readDir directory).${base} or null == "directory";
    in
    go (if isDirectory then file else directory);

  /**
    All files in a directory and in those within.

    # Type
    `path -> [path]`

    # Example
    ```nix
    builtins.elem (./. + "/lists/sort.nix") (lib.filesystem.listFilesRecursive ./.)
    => true
    ```
  */
  listFilesRecursive =
    dir:
    lib.flatten (
      lib.mapAttrsToList (
        name: type: if type == "directory" then listFilesRecursive (dir + "/${name}") else dir + "/${name}"
      ) (readDir dir)
    );

  /**
    The file that `import` takes of a directory, or the file itself.

    # Type
    `path -> path`

    # Example
    ```nix
    lib.filesystem.resolveDefaultNix ./. == ./default.nix
    => true
    ```
  */
  resolveDefaultNix =
    v:
    if lib.pathIsDirectory v then
      v + "/default.nix"
    else if builtins.isString v && lib.hasSuffix "/" v then
      # What ends in a slash is meant as a directory, whether it is there or not.
      "${v}default.nix"
    else
      v;

  /**
    Packages out of a directory. `foo.nix` and `foo/package.nix` are called as package `foo`; a
    directory without `package.nix` is a set of packages.

    # Inputs
    - `callPackage`: calls the file of each
    - `newScope`: if given, directories become scopes in which packages see their neighbours
    - `directory`: where they are

    # Type
    `{ callPackage, directory, newScope ? … } -> { … }`

    # Example
    ```nix
    (lib.packagesFromDirectoryRecursive { callPackage = path: args: baseNameOf path; directory = ./lists; }).sort
    => "sort.nix"
    ```
  */
  packagesFromDirectoryRecursive =
    args@{
      callPackage,
      newScope ? throw "lib.packagesFromDirectoryRecursive: newScope wasn't passed in args",
      directory,
    }:
    let
      # A string may come from somewhere else than a path literal, and `+` would not make a path of
      # it.
      at = name: directory + "/${name}";
      entry =
        name: type:
        if type == "directory" then
          { ${name} = at name; }
        else if type == "regular" && lib.hasSuffix ".nix" name then
          { ${lib.removeSuffix ".nix" name} = at name; }
        else if type == "regular" then
          { }
        else
          throw "lib.filesystem.packagesFromDirectoryRecursive: Unsupported file type ${type} at path ${toString (at name)}";
      entries = lib.concatMapAttrs entry (readDir directory);
      package = name: path: if pathIsNix path then callPackage path { } else inner path;
      pathIsNix = path: lib.hasSuffix ".nix" (toString path) && !lib.pathIsDirectory path;
      inner = path: packagesFromDirectoryRecursive (args // { directory = path; });
    in
    if pathExists (at "package.nix") then
      callPackage (at "package.nix") { }
    else if args ? newScope then
      lib.recurseIntoAttrs (lib.makeScope newScope (
        self:
        lib.mapAttrs (
          _: path:
          if pathIsNix path then
            self.callPackage path { }
          else
            packagesFromDirectoryRecursive {
              inherit (self) callPackage newScope;
              directory = path;
            }
        ) entries
      ))
    else
      lib.mapAttrs package entries;
}
