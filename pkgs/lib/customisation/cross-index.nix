/**
  Sets with one thing for each pair of platforms: `buildBuild`, `buildHost`, `buildTarget`,
  `hostHost`, `hostTarget`, `targetTarget`.
*/
{ lib }:
let
  names = [
    "buildBuild"
    "buildHost"
    "buildTarget"
    "hostHost"
    "hostTarget"
    "targetTarget"
  ];
  withPrefix = prefix: name: prefix + lib.toUpper (builtins.substring 0 1 name) + builtins.substring 1 (-1) name;
in
{
  /**
    Applies `f` to each of the six.

    # Type
    `(a -> b) -> { buildBuild, … } -> { buildBuild, … }`

    # Example
    ```nix
    (lib.mapCrossIndex (x: x + 1) { buildBuild = 1; buildHost = 2; buildTarget = 3; hostHost = 4; hostTarget = 5; targetTarget = 6; }).hostTarget
    => 6
    ```
  */
  mapCrossIndex = f: set: lib.genAttrs names (name: f set.${name});

  /**
    The six out of a set in which their names have a prefix.

    # Type
    `string -> { … } -> { buildBuild, … }`

    # Example
    ```nix
    (lib.renameCrossIndexFrom "pkgs" { pkgsBuildBuild = 1; pkgsBuildHost = 2; pkgsBuildTarget = 3; pkgsHostHost = 4; pkgsHostTarget = 5; pkgsTargetTarget = 6; }).buildHost
    => 2
    ```
  */
  renameCrossIndexFrom = prefix: set: lib.genAttrs names (name: set.${withPrefix prefix name});

  /**
    The six under names with a prefix.

    # Type
    `string -> { buildBuild, … } -> { … }`

    # Example
    ```nix
    (lib.renameCrossIndexTo "self" { buildBuild = 1; buildHost = 2; buildTarget = 3; hostHost = 4; hostTarget = 5; targetTarget = 6; }).selfBuildHost
    => 2
    ```
  */
  renameCrossIndexTo =
    prefix: set:
    builtins.listToAttrs (map (name: lib.nameValuePair (withPrefix prefix name) set.${name}) names);
}
