/**
  The standard environment: what every build has without asking for it. `mkDerivation` makes
  derivations that run in it, `overrideAttrs` changes them.
*/
{
  lib,
  config,
  /** The toolchain's programs; `cc` is the compiler that builds find, or null. */
  toolchain,
  cc,
  localSystem,
  /** Added to what every build finds. */
  extraNativeBuildInputs ? [ ],
}@arguments:
let
  platform = lib.systems.elaborate localSystem;
  inherit (platform) system;

  /** What is in PATH before any input, in this order. */
  initialPath = [
    toolchain.coreutils
    toolchain.findutils
    toolchain.diffutils
    toolchain.gnused
    toolchain.gnugrep
    toolchain.gawk
    toolchain.gnutar
    toolchain.gzip
    toolchain.bzip2
    toolchain.gnumake
    toolchain.bash
    toolchain.gnupatch
    toolchain.xz
  ];

  shell = "${toolchain.bash}/bin/bash";

  setup =
    map (part: ./setup + "/${part}.sh") [
      "log"
      "variables"
      "hooks"
      "substitute"
      "inputs"
      "unpack"
      "make"
      "outputs"
      "strip"
      "patch-shebangs"
      "fixup"
      "main"
    ];

  drv = derivation {
    name = if cc == null then "stdenv-no-cc" else "stdenv-linux";
    inherit system shell initialPath setup;
    defaultNativeBuildInputs =
      [ toolchain.patchelf ] ++ lib.optional (cc != null) cc ++ extraNativeBuildInputs;
    builder = shell;
    PATH = lib.makeBinPath [ toolchain.coreutils ];
    args = [
      "-euc"
      ''
        mkdir -p $out
        {
          echo "# The environment of builds. https://nixos.org/manual/nixpkgs/stable/#chap-stdenv"
          echo "initialPath='$initialPath'"
          echo "defaultNativeBuildInputs='$defaultNativeBuildInputs'"
          echo "shell='$shell'"
          cat $setup
        } > $out/setup
      ''
    ];
  };

  stdenv = drv // {
    inherit cc shell system initialPath;
    hasCC = cc != null;
    /** Reads a script without running it. */
    shellDryRun = "${shell} -n -O extglob";
    buildPlatform = platform;
    hostPlatform = platform;
    targetPlatform = platform;
    inherit (platform)
      is32bit
      is64bit
      isAarch32
      isAarch64
      isBSD
      isBigEndian
      isCygwin
      isDarwin
      isFreeBSD
      isLinux
      isMips
      isOpenBSD
      isSunOS
      isi686
      isx86_32
      isx86_64
      ;
    mkDerivation = import ./make-derivation.nix { inherit lib config stdenv; };
    /** The same environment with other parts. */
    override = changes: import ./. (arguments // (if lib.isFunction changes then changes arguments else changes));
    meta.platforms = [ system ];
  };
in
stdenv
