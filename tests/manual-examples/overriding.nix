/** "Overriding". */
{ collection, pkgs, lib }:
let
  inherit (lib) makeOverridable;
  greeting =
    { stdenv, lib, loud ? false }:
    stdenv.mkDerivation {
      pname = "greeting";
      version = "1.0";
      configureFlags = [ (lib.enableFeature loud "loud") ];
    };
  package = pkgs.callPackage greeting { };
  sum = makeOverridable ({ a, b }: { result = a + b; }) { a = 1; b = 2; };
in
{
  evaluated = {
    override = package.override { loud = true; };
    overrideByFunction = package.override (previous: { loud = !(previous.loud or false); });
    overrideAsArgument = pkgs.callPackage ({ stdenv, greeting }: stdenv.mkDerivation {
      name = "user";
      buildInputs = [ greeting ];
    }) { greeting = package.override { loud = true; }; };
    viaOverlay = (import pkgs.path {
      overlays = [ (final: prev: { hello = prev.hello.overrideAttrs { pname = "other"; }; }) ];
    }).hello;

    overrideAttrs = pkgs.hello.overrideAttrs (
      finalAttrs: previousAttrs: { pname = previousAttrs.pname + "-bar"; }
    );
    overrideAttrsOfOne = pkgs.hello.overrideAttrs (previousAttrs: { doCheck = true; });
    overrideAttrsBySet = pkgs.hello.overrideAttrs { separateDebugInfo = true; };
    overrideBoth = (package.override { loud = true; }).overrideAttrs { version = "2.0"; };
    overrideTwice = (package.overrideAttrs { version = "2.0"; }).override { loud = true; };
    overrideDerivation = package.overrideDerivation (oldAttrs: {
      name = "greeting-2.0";
      patches = [ ];
    });

    makeOverridable = [
      sum.result
      (sum.override { a = 4; }).result
      (sum.override (previous: { b = previous.a + 9; })).result
    ];
    callPackages = lib.mapAttrs (_: drv: drv.name) (
      removeAttrs (pkgs.callPackages ({ stdenv }: {
        one = stdenv.mkDerivation { name = "one"; };
        two = stdenv.mkDerivation { name = "two"; };
      }) { }) [ "override" "overrideDerivation" ]
    );
  };
}
