/**
  Sets of packages that refer to each other.
*/
{ lib }:
let
  inherit (lib.customisation) makeScope makeScopeWithSplicing';
in
{
  /**
    A set of packages that are called with each other's names, and then with those of an outer
    scope.

    # Inputs
    - `newScope`: makes a `callPackage` that also knows a given set; `pkgs.newScope`
    - `f`: the set, in terms of its final form, which has `callPackage`

    The result has `newScope`, `callPackage`, `overrideScope` (takes an overlay) and `packages` (`f`
    itself).

    # Type
    `({ … } -> callPackage) -> (scope -> { … }) -> scope`

    # Example
    ```nix
    let
      newScope = extra: lib.callPackageWith ({ base = 1; } // extra);
      scope = lib.makeScope newScope (self: {
        foo = self.callPackage ({ base }: { n = base; }) { };
        bar = self.callPackage ({ foo }: { n = foo.n + 1; }) { };
      });
    in
    [ scope.bar.n (scope.overrideScope (final: prev: { foo = { n = 10; }; })).bar.n ]
    => [ 2 11 ]
    ```
  */
  makeScope =
    newScope: f:
    let
      # The set may have a `callPackage` of its own.
      self = {
        callPackage = self.newScope { };
      }
      // f self
      // {
        newScope = scope: newScope (self // scope);
        overrideScope = overlay: makeScope newScope (lib.extends overlay f);
        packages = f;
      };
    in
    self;

  /**
    `makeScope` for sets that are built for several platforms at once; with its arguments one by
    one. An old form of `makeScopeWithSplicing'`.

    # Type
    `({ … } -> { … }) -> ({ … } -> callPackage) -> { … } -> (scope -> { … }) -> (scope -> { … }) -> (scope -> { … }) -> scope`

    # Example
    ```nix
    let
      splices = lib.genAttrs [ "selfBuildBuild" "selfBuildHost" "selfBuildTarget" "selfHostHost" "selfTargetTarget" ] (_: { });
      scope = lib.makeScopeWithSplicing (s: s.pkgsHostTarget) lib.callPackageWith splices (_: { }) (_: { }) (self: { a = 1; });
    in
    scope.a
    => 1
    ```
  */
  makeScopeWithSplicing =
    splicePackages: newScope: otherSplices: keep: extra: f:
    makeScopeWithSplicing' { inherit splicePackages newScope; } {
      inherit
        otherSplices
        keep
        extra
        f
        ;
    };

  /**
    `makeScope` for sets that are built for several platforms at once: `callPackage` sees the
    spliced packages.

    # Inputs
    - `splicePackages`, `newScope`: of the outer set
    - `otherSplices`: this set for the other platforms, as `generateSplicesForMkScope` gives it
    - `keep`: attributes not to splice
    - `extra`: attributes to add to those that are called with
    - `f`: the set, in terms of its final form

    # Type
    `{ splicePackages, newScope } -> { otherSplices, keep ? …, extra ? …, f } -> scope`

    # Example
    ```nix
    let
      splices = lib.genAttrs [ "selfBuildBuild" "selfBuildHost" "selfBuildTarget" "selfHostHost" "selfTargetTarget" ] (_: { });
      scope = lib.makeScopeWithSplicing' { splicePackages = s: s.pkgsHostTarget; newScope = lib.callPackageWith; } {
        otherSplices = splices;
        f = self: { a = 1; b = self.callPackage ({ a }: { n = a + 1; }) { }; };
      };
    in
    scope.b.n
    => 2
    ```
  */
  makeScopeWithSplicing' =
    scope@{ splicePackages, newScope }:
    set@{
      otherSplices,
      keep ? (_self: { }),
      extra ? (_spliced: { }),
      f,
    }:
    let
      spliced = splicePackages {
        pkgsBuildBuild = otherSplices.selfBuildBuild;
        pkgsBuildHost = otherSplices.selfBuildHost;
        pkgsBuildTarget = otherSplices.selfBuildTarget;
        pkgsHostHost = otherSplices.selfHostHost;
        pkgsHostTarget = self;
        pkgsTargetTarget = otherSplices.selfTargetTarget;
      };
      visible = extra spliced // spliced // keep self;
      self = f self // {
        newScope = scope: newScope (visible // scope);
        callPackage = newScope visible;
        overrideScope = overlay: makeScopeWithSplicing' scope (set // { f = lib.extends overlay f; });
        packages = f;
      };
    in
    self;
}
