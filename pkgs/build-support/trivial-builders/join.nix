/** Several store paths as one, made of links. */
{
  lib,
  runCommand,
}:
rec {
  /**
    A directory whose files are links into those of all paths. Of files with one name, the first is
    there.

    # Type
    `{ name :: string, paths :: [path], postBuild :: string, ... } -> derivation`

    # Example
    ```nix
    (pkgs.symlinkJoin { name = "tools"; paths = [ pkgs.hello pkgs.jq ]; }).name
    => "tools"
    ```
  */
  symlinkJoin =
    {
      name ?
        if args ? pname && args ? version then
          "${args.pname}-${args.version}"
        else
          throw "symlinkJoin needs a `name`, or a `pname` and a `version`",
      paths,
      stripPrefix ? "",
      preferLocalBuild ? true,
      allowSubstitutes ? false,
      postBuild ? "",
      failOnMissing ? stripPrefix == "",
      ...
    }@args:
    assert lib.assertMsg (
      stripPrefix == "" || lib.hasPrefix "/" stripPrefix
    ) "symlinkJoin: stripPrefix must be empty or begin with a slash, not ‘${stripPrefix}’";
    runCommand name
      (
        removeAttrs args [
          "name"
          "pname"
          "version"
          "postBuild"
          "stripPrefix"
          "paths"
          "failOnMissing"
        ]
        // {
          inherit preferLocalBuild allowSubstitutes;
          paths = map (path: "${path}${stripPrefix}") (lib.flatten paths);
          passAsFile = [ "paths" ];
        }
      )
      ''
        mkdir -p $out
        for path in $(cat $pathsPath); do
          ${lib.optionalString (!failOnMissing) ''if [ ! -d "$path" ]; then continue; fi''}
          if [ ! -d "$path" ]; then
            echo "symlinkJoin: $path is no directory" >&2
            exit 1
          fi
          (cd "$path" && find . -type d -exec mkdir -p "$out/{}" \;)
          (cd "$path" && find . ! -type d) | while IFS= read -r file; do
            # What came first stays.
            if [ ! -e "$out/$file" ] && [ ! -L "$out/$file" ]; then ln -s "$path/''${file#./}" "$out/$file"; fi
          done
        done
        ${postBuild}
      '';

  /**
    A directory of links by their names: a set from names to paths, or a list of `{ name; path; }`.

    # Type
    `string -> ({ <name> :: path } | [{ name :: string, path :: path }]) -> derivation`

    # Example
    ```nix
    lib.attrNames (pkgs.linkFarm "farm" { greeting = pkgs.writeText "x" "hello"; }).entries
    => [ "greeting" ]
    ```
  */
  linkFarm =
    name: entries:
    let
      list =
        if lib.isAttrs entries then
          lib.mapAttrsToList (name: path: { inherit name path; }) entries
        else
          # Of entries with one name the last counts.
          lib.mapAttrsToList (name: path: { inherit name path; }) (
            lib.listToAttrs (map ({ name, path }: lib.nameValuePair name path) (lib.reverseList entries))
          );
    in
    runCommand name
      {
        preferLocalBuild = true;
        allowSubstitutes = false;
        passthru.entries = lib.listToAttrs (map ({ name, path }: lib.nameValuePair name path) list);
      }
      ''
        mkdir -p $out
        cd $out
        ${lib.concatMapStrings (
          { name, path }:
          ''
            mkdir -p -- ${lib.escapeShellArg (dirOf name)}
            ln -s -- ${lib.escapeShellArg "${path}"} ${lib.escapeShellArg name}
          ''
        ) list}
      '';

  /**
    A directory of links to derivations, by what they are called.

    # Type
    `string -> [derivation] -> derivation`

    # Example
    ```nix
    lib.attrNames (pkgs.linkFarmFromDrvs "farm" [ (pkgs.writeText "greeting" "hello") ]).entries
    => [ "greeting" ]
    ```
  */
  linkFarmFromDrvs =
    name: drvs:
    linkFarm name (
      map (drv: {
        inherit (drv) name;
        path = drv;
      }) drvs
    );

  /**
    What a profile is made of: several packages in one directory of links. Two packages with one file
    are an error, unless their priorities differ.

    # Inputs
    - `name`, `paths`
    - `pathsToLink`: only what is below these, like `[ "/bin" ]`
    - `extraOutputsToInstall`: besides those that a package has installed by itself
    - `ignoreCollisions`: of two files with one name one is taken
    - `postBuild`: shell code that goes on with `$out`

    # Type
    `{ name :: string, paths :: [derivation], ... } -> derivation`

    # Example
    ```nix
    (pkgs.buildEnv { name = "tools"; paths = [ pkgs.hello pkgs.jq ]; }).name
    => "tools"
    ```
  */
  buildEnv =
    {
      name ? "${pname}-${version}",
      pname ? null,
      version ? null,
      paths,
      pathsToLink ? [ "/" ],
      extraOutputsToInstall ? [ ],
      ignoreCollisions ? false,
      postBuild ? "",
      buildInputs ? [ ],
      nativeBuildInputs ? [ ],
      meta ? { },
      passthru ? { },
      ...
    }:
    let
      outputsOf =
        drv:
        let
          chosen =
            if drv ? outputSpecified && drv.outputSpecified then
              [ drv ]
            else
              map (output: drv.${output}) (drv.meta.outputsToInstall or [ "out" ]);
          more = lib.concatMap (
            output: lib.optional (drv ? ${output}) drv.${output}
          ) extraOutputsToInstall;
        in
        if lib.isDerivation drv then chosen ++ more else [ drv ];
      entries = lib.concatMap (drv: map (path: { inherit path; priority = drv.meta.priority or 5; }) (outputsOf drv)) (lib.flatten paths);
    in
    runCommand name
      {
        inherit
          meta
          passthru
          buildInputs
          nativeBuildInputs
          pathsToLink
          ;
        preferLocalBuild = true;
        allowSubstitutes = false;
        # The strongest first.
        entries = map ({ path, priority }: "${toString priority}:${path}") (
          lib.sort (a: b: a.priority < b.priority) entries
        );
        inherit ignoreCollisions;
      }
      ''
        declare -A strength=()
        add() {
          local priority="$1" path="$2" part="$3" file target
          if [ ! -d "$path$part" ]; then return; fi
          (cd "$path" && find -L ".$part" ! -type d) > files
          while IFS= read -r file; do
            file="''${file#./}"
            file="''${file#/}"
            target="$out/$file"
            case "$file" in nix-support/* | share/info/dir) continue ;; esac
            if [ -e "$target" ] || [ -L "$target" ]; then
              if [ -z "$ignoreCollisions" ] && [ "''${strength[$file]}" = "$priority" ] &&
                [ "$(readlink -f "$target")" != "$(readlink -f "$path/$file")" ]; then
                echo "buildEnv: $(readlink "$target") and $path/$file have the same name; give one a meta.priority" >&2
                exit 1
              fi
              continue
            fi
            mkdir -p "$(dirname "$target")"
            ln -s "$path/$file" "$target"
            strength[$file]="$priority"
          done < files
        }
        mkdir -p $out
        for entry in $entries; do
          for part in $pathsToLink; do
            if [ "$part" = / ]; then part=; fi
            add "''${entry%%:*}" "''${entry#*:}" "$part"
          done
        done
        rm -f files
        ${postBuild}
      '';
}
