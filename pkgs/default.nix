/**
  The starter collection: `import <nixpkgs> { }` where nothing else was chosen. Names and behaviour are
  those of nixpkgs, so that what is written against one works with the other.
*/
{
  system ? builtins.currentSystem,
  localSystem ? system,
  /** What may be built: `allowUnfree` and its like; a function of `pkgs` or a set. */
  config ? { },
  /** Functions `final: prev: { … }` that add packages or change them. */
  overlays ? [ ],
  crossSystem ? null,
}:
let
  lib = import ./lib;

  makePackages =
    overlays:
    let
      evaluatedConfig = if lib.isFunction config then config { inherit pkgs; } else config;
      basis =
        final:
        import ./top-level {
          inherit lib localSystem;
          pkgs = final;
          config = evaluatedConfig;
        };
      own = final: prev: {
        inherit overlays;
        /** These packages with one more overlay. */
        extend = overlay: makePackages (overlays ++ [ overlay ]);
        appendOverlays = more: makePackages (overlays ++ more);
      };
      packageOverrides =
        final: prev:
        lib.optionalAttrs (evaluatedConfig ? packageOverrides) (
          evaluatedConfig.packageOverrides prev
        );
      pkgs = lib.fix (
        lib.foldl' (lower: overlay: lib.extends overlay lower) basis (
          [ own packageOverrides ] ++ overlays
        )
      );
    in
    pkgs;
in
if crossSystem != null && crossSystem != localSystem then
  throw "the starter collection cannot compile for another system than it runs on: choose nixpkgs as the channel"
else
  makePackages overlays
