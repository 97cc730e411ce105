/** "Overlays". */
{ collection, pkgs, lib }:
let
  overlay = final: prev: {
    ncurses = prev.ncurses.overrideAttrs { NIX_CFLAGS_COMPILE = "-O1"; };
    tool = prev.callPackage ({ stdenv, ncurses }: stdenv.mkDerivation {
      name = "tool";
      buildInputs = [ ncurses ];
    }) { };
  };
  counted = final: prev: { count = (prev.count or 0) + 1; };
  changed = import collection { overlays = [ overlay ]; };
  /** Packages whose derivations are other ones. */
  differing = other: lib.filter (name: other.${name}.drvPath != pkgs.${name}.drvPath) (
    lib.attrNames (builtins.readDir (pkgs.path + "/packages"))
  );
in
{
  evaluated = {
    inherit (changed) ncurses tool;
    dependents = differing changed;
    dependentsOfZlib = differing (pkgs.extend (final: prev: {
      zlib = prev.zlib.overrideAttrs (previous: { patches = (previous.patches or [ ]) ++ [ (builtins.toFile "zlib.patch" "") ]; });
    }));
    composed = (pkgs.extend (lib.composeManyExtensions [ counted counted counted ])).count;
    appended = (pkgs.appendOverlays [ counted counted ]).count;
    usesFinal = (import collection {
      overlays = [
        (final: prev: { first = final.second; })
        (final: prev: { second = "later"; })
      ];
    }).first;
    packageOverrides = (import collection {
      config.packageOverrides = pkgs: { hello = pkgs.hello.overrideAttrs { pname = "hullo"; }; };
    }).hello.name;
  };
}
