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

    /**
      Calls a function, or the function in a file, with the packages that its arguments are named for. The
      set has arguments for it that are others.

      # Type
      `(path | function) -> { ... } -> derivation`

      # Example
      ```nix
      (pkgs.callPackage ({ writeText, text }: writeText "greeting" text) { text = "hello"; }).name
      => "greeting"
      ```
    */
    callPackage = lib.callPackageWith pkgs;
    callPackages = lib.callPackagesWith pkgs;
    newScope = extra: lib.callPackageWith (pkgs // extra);

    stdenv = makeStdenv (import ../build-support/cc-wrapper { inherit toolchain system; });
    stdenvNoCC = makeStdenv null;
    /** With tcc and musl, for small programs in C: there is far less to be downloaded before. */
    tinyccStdenv = makeStdenv (
      import ../build-support/tinycc-wrapper {
        inherit toolchain;
        inherit (pkgs) tinycc;
      }
    );
    inherit (pkgs.stdenv) mkDerivation cc;
    gcc = pkgs.stdenv.cc;
    inherit toolchain;
    inherit (toolchain) binutils git perl;
    gitMinimal = pkgs.git;
    glibc = toolchain.libc;

    fetchurl = import ../build-support/fetchurl { inherit lib; };
    fetchzip = import ../build-support/fetchzip {
      inherit lib;
      inherit (toolchain) busybox;
      inherit (pkgs) stdenvNoCC;
    };
    fetchgit = import ../build-support/fetchgit {
      inherit lib config;
      inherit (pkgs) git stdenvNoCC;
    };
    inherit (import ../build-support/fetch-forge { inherit lib; inherit (pkgs) fetchgit fetchzip; })
      fetchFromBitbucket
      fetchFromCodeberg
      fetchFromGitHub
      fetchFromGitLab
      fetchFromGitea
      fetchFromSourcehut
      ;

    inherit
      (import ../build-support/trivial-builders/run-command.nix {
        inherit lib;
        inherit (pkgs) stdenv stdenvNoCC;
      })
      runCommand
      runCommandCC
      runCommandLocal
      runCommandWith
      ;
    runtimeShell = "${toolchain.bash}/bin/bash";
    inherit
      (import ../build-support/trivial-builders/write.nix {
        inherit lib;
        inherit (pkgs) runCommand runtimeShell stdenv;
      })
      concatScript
      concatText
      concatTextFile
      writeScript
      writeScriptBin
      writeShellApplication
      writeShellScript
      writeShellScriptBin
      writeText
      writeTextDir
      writeTextFile
      ;
    inherit
      (import ../build-support/trivial-builders/join.nix {
        inherit lib;
        inherit (pkgs) runCommand;
      })
      buildEnv
      linkFarm
      linkFarmFromDrvs
      symlinkJoin
      ;
    inherit
      (import ../build-support/trivial-builders/change.nix {
        inherit lib;
        inherit (pkgs) runCommand stdenvNoCC;
      })
      applyPatches
      replaceVars
      replaceVarsWith
      substitute
      writeClosure
      ;
    inherit
      (import ../build-support/setup-hooks {
        inherit lib;
        inherit (pkgs)
          autoconf
          automake
          libtool
          runCommand
          toolchain
          ;
      })
      autoPatchelfHook
      autoreconfHook
      installShellFiles
      makeSetupHook
      makeShellWrapper
      makeWrapper
      ;
    mkShell = pkgs.callPackage ../build-support/make-shell { };
    mkShellNoCC = pkgs.mkShell.override { stdenv = pkgs.stdenvNoCC; };
    formats = import ../build-support/formats { inherit lib; inherit (pkgs) writeText; };
    fakeNss = pkgs.callPackage ../build-support/docker/fake-nss.nix { };
    dockerTools = pkgs.callPackage ../build-support/docker { };
    testers = import ../build-support/testers { inherit lib; inherit (pkgs) runCommand runtimeShell toolchain; };

    pkg-config = pkgs.pkgconf;
    gnum4 = pkgs.m4;
    bashInteractive = pkgs.bash;
    inherit (toolchain) gnutar;

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
