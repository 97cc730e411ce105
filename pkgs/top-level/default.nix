/**
  All attributes of the collection, before overlays: the standard environments, what is made of
  functions, and a package for each directory of `../packages`.
*/
{
  lib,
  pkgs,
  config,
  localSystem,
}:
let
  platform = lib.systems.elaborate localSystem;
  inherit (platform) system;
  toolchain = import ../bootstrap { inherit system; };

  makeStdenv =
    cc:
    import ../stdenv {
      inherit
        lib
        config
        toolchain
        cc
        localSystem
        ;
    };

  functions = {
    inherit lib config;
    inherit pkgs;
    inherit (platform) system;
    /** Where this collection is. */
    path = ../.;

    callPackage = lib.callPackageWith pkgs;
    callPackages = lib.callPackagesWith pkgs;
    newScope = extra: lib.callPackageWith (pkgs // extra);

    stdenv = makeStdenv (import ../build-support/cc-wrapper { inherit toolchain system; });
    stdenvNoCC = makeStdenv null;
    inherit (pkgs.stdenv) mkDerivation cc;
    gcc = pkgs.stdenv.cc;
    inherit (toolchain) binutils;
    glibc = toolchain.libc;

    fetchurl = import ../build-support/fetchurl { inherit lib; };

    buildPackages = pkgs;
    hostPlatform = platform;
    buildPlatform = platform;
    targetPlatform = platform;
  };

  packages = lib.mapAttrs (name: _: pkgs.callPackage (../packages + "/${name}/package.nix") { }) (
    lib.filterAttrs (_: type: type == "directory") (builtins.readDir ../packages)
  );
in
packages // functions
