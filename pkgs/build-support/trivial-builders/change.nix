/** Files and trees with something changed in them. */
{
  lib,
  stdenvNoCC,
  runCommand,
}:
let
  /** What a file is called, wherever it is. */
  nameOf =
    src:
    let
      name = builtins.unsafeDiscardStringContext (baseNameOf (toString src));
      parts = builtins.match "[0-9a-z]{32}-(.*)" name;
    in
    if parts == null then name else lib.head parts;
in
rec {
  /**
    A source with patches applied, as a source for others.

    # Type
    `{ src :: path, patches :: [path], ... } -> derivation`

    # Example
    ```nix
    (pkgs.applyPatches { name = "patched"; src = pkgs.hello.src; }).name
    => "patched"
    ```
  */
  applyPatches =
    {
      src,
      name ?
        (if src ? pname && src ? version then "${src.pname}-${src.version}" else baseNameOf src.name or "source") + "-patched",
      patches ? [ ],
      prePatch ? "",
      postPatch ? "",
      ...
    }@args:
    stdenvNoCC.mkDerivation (
      {
        inherit
          name
          src
          patches
          prePatch
          postPatch
          ;
        preferLocalBuild = true;
        allowSubstitutes = false;
        phases = "unpackPhase patchPhase installPhase";
        installPhase = "cp -R ./ $out";
      }
      // removeAttrs args [
        "src"
        "name"
        "patches"
        "prePatch"
        "postPatch"
      ]
    );

  /**
    A file in which texts were replaced: `substitutions` are arguments of the shell function `substitute`.

    # Type
    `{ src :: path, substitutions :: [string], ... } -> derivation`

    # Example
    ```nix
    (pkgs.substitute {
      name = "greeting";
      src = pkgs.writeText "template" "hello WHO";
      substitutions = [ "--replace-fail" "WHO" "snow" ];
    }).name
    => "greeting"
    ```
  */
  substitute =
    {
      src,
      name ? nameOf src,
      substitutions ? [ ],
      isExecutable ? false,
      ...
    }@args:
    runCommand name
      (
        removeAttrs args [
          "substitutions"
          "name"
        ]
        // {
          options = lib.escapeShellArgs substitutions;
          preferLocalBuild = true;
          allowSubstitutes = false;
        }
      )
      ''
        eval "substitute $src $out $options"
        if [ -n "$isExecutable" ]; then chmod +x $out; fi
      '';

  /**
    A file in which every `@name@` of a set was replaced. One that is not in the file, and one in the
    file that is not in the set, are errors. Null leaves a name as it is.

    # Type
    `{ src :: path, replacements :: { <name> :: string }, ... } -> derivation`

    # Example
    ```nix
    (pkgs.replaceVarsWith {
      name = "greeting";
      src = pkgs.writeText "template" "hello @who@";
      replacements.who = "snow";
    }).name
    => "greeting"
    ```
  */
  replaceVarsWith =
    {
      src,
      replacements,
      dir ? null,
      name ? nameOf src,
      isExecutable ? false,
      ...
    }@args:
    let
      replaced = lib.filterAttrs (_: value: value != null) replacements;
      kept = lib.attrNames (lib.filterAttrs (_: value: value == null) replacements);
      options = lib.concatMap (variable: [
        "--replace-fail"
        "@${variable}@"
        "${replaced.${variable}}"
      ]) (lib.attrNames replaced);
    in
    runCommand name
      (
        removeAttrs args [
          "replacements"
          "name"
          "dir"
        ]
        // {
          preferLocalBuild = true;
          allowSubstitutes = false;
        }
      )
      ''
        target=$out${lib.optionalString (dir != null) "/${dir}/${name}"}
        mkdir -p "$(dirname "$target")"
        substitute $src "$target" ${lib.escapeShellArgs options}
        if [ -n "$isExecutable" ]; then chmod +x "$target"; fi
        left=$(grep -oE '@[a-zA-Z_][a-zA-Z0-9_-]*@' "$target" ${
          lib.concatMapStrings (variable: "| grep -vxF ${lib.escapeShellArg "@${variable}@"} ") kept
        } | sort -u || true)
        if [ -n "$left" ]; then
          echo "replaceVars: $src has variables that no replacement was given for: $left" >&2
          exit 1
        fi
      '';
  /**
    As `replaceVarsWith`, of a file and a set.

    # Type
    `path -> { <name> :: string } -> derivation`

    # Example
    ```nix
    (pkgs.replaceVars (pkgs.writeText "greeting" "hello @who@") { who = "snow"; }).name
    => "greeting"
    ```
  */
  replaceVars = src: replacements: replaceVarsWith { inherit src replacements; };

  /**
    The store paths of a closure, one on each line of a file.

    # Type
    `[path] -> derivation`

    # Example
    ```nix
    (pkgs.writeClosure [ pkgs.hello ]).name
    => "runtime-deps"
    ```
  */
  writeClosure =
    paths:
    runCommand "runtime-deps"
      {
        exportReferencesGraph = lib.concatLists (
          lib.imap0 (index: path: [
            "graph-${toString index}"
            path
          ]) paths
        );
        preferLocalBuild = true;
      }
      ''
        grep -hE '^/nix/store/|^'"$NIX_STORE"/ graph-* | sort -u > $out
      '';
}
