/** "The Standard Environment". */
{ pkgs, lib, ... }:
let
  inherit (pkgs) fetchurl stdenv;

  source = pkgs.writeTextDir "foo.c" ''
    #include <stdio.h>
    int main(void) { puts("foo"); return 0; }
  '';

  packageCache =
    { stdenv, runCommand }:
    stdenv.mkDerivation (finalAttrs: {
      pname = "package-cache";
      version = "1";
      packages = [ ];
      dontUnpack = true;
      installPhase = "printf '%s\\n' $packages > $out";
      passthru = {
        appendPackages =
          more:
          finalAttrs.finalPackage.overrideAttrs (
            newSelf: super: { packages = super.packages ++ more; }
          );
        setup = runCommand "${finalAttrs.pname}-setup" { inherit (finalAttrs) packages; } "touch $out";
      };
    });
in
{
  evaluated = {
    withInputs = stdenv.mkDerivation {
      name = "libfoo-1.2.3";
      src = fetchurl {
        url = "http://example.org/libfoo-source-1.2.3.tar.bz2";
        hash = "sha256-tWxU/LANbQE32my+9AXyt3nCT7NBVfJ45CX757EMT3Q=";
      };
      buildInputs = [ pkgs.zlib pkgs.ncurses ];
    };

    manyOutputs = stdenv.mkDerivation {
      pname = "many";
      version = "1.0";
      src = source;
      outputs = [ "bin" "dev" "out" "doc" ];
      meta.outputsToInstall = [ "bin" "doc" ];
    };

    finalAttrs = map (package: package.configureFlags) [
      (stdenv.mkDerivation (finalAttrs: {
        pname = "hello";
        version = "1";
        withFeature = true;
        configureFlags = lib.optionals finalAttrs.withFeature [ "--with-feature" ];
      }))
    ];

    passthru = map (drv: drv.name) (
      let
        cache = pkgs.callPackage packageCache { };
      in
      [ cache cache.setup (cache.appendPackages [ pkgs.hello ]).setup ]
    );

    /** Overridden from within, and asking what compiler and system there are, as packages of nixpkgs do. */
    portable =
      (stdenv.mkDerivation (finalAttrs: {
        pname = "portable";
        version = "1";
        makeFlags = [ "CC=${stdenv.cc.targetPrefix}cc" ] ++ lib.optional stdenv.cc.isClang "CLANG=1";
        configureFlags = lib.optional stdenv.cc.isGNU "--with-gnu" ++ lib.optional stdenv.isBSD "--with-bsd";
        passthru.tests.renamed = finalAttrs.overrideAttrs { pname = "renamed-${finalAttrs.version}"; };
      })).tests.renamed;

    structured = stdenv.mkDerivation {
      name = "structured";
      __structuredAttrs = true;
      outputChecks.out.disallowedRequisites = [ pkgs.stdenv.cc ];
      env.NIX_CFLAGS_COMPILE = "-O2";
      settings = { list = [ "one" "two" ]; };
    };

    meta = {
      inherit (pkgs.hello.meta) description homepage mainProgram;
      exe = lib.getExe pkgs.hello == "${pkgs.hello}/bin/hello";
      broken = (builtins.tryEval (stdenv.mkDerivation { name = "b"; meta.broken = true; }).drvPath).success;
      unfree = (builtins.tryEval (stdenv.mkDerivation { name = "u"; meta.license = lib.licenses.unfree; }).drvPath).success;
    };
  };

  built = {
    phases = stdenv.mkDerivation {
      name = "fnord-4.5";
      src = source;
      buildPhase = ''
        runHook preBuild
        gcc foo.c -o foo
        runHook postBuild
      '';
      installPhase = ''
        runHook preInstall
        mkdir -p $out/bin
        cp foo $out/bin
        runHook postInstall
      '';
      doInstallCheck = true;
      installCheckPhase = ''[ "$($out/bin/foo)" = foo ]'';
    };

    ownBuilder = stdenv.mkDerivation {
      name = "foo-1.0";
      src = source;
      builder = builtins.toFile "builder.sh" ''
        source $stdenv/setup
        buildPhase() {
          echo "... this is my custom build phase ..."
          gcc foo.c -o foo
        }
        installPhase() {
          mkdir -p $out/bin
          cp foo $out/bin
        }
        genericBuild
      '';
    };

    wrapped = stdenv.mkDerivation {
      name = "wrapped";
      nativeBuildInputs = [ pkgs.makeWrapper ];
      dontUnpack = true;
      installPhase = ''
        mkdir -p $out/bin
        printf '#!%s\necho $GREETING; type -P say > /dev/null && say\n' "$SHELL" > $out/bin/foo
        chmod +x $out/bin/foo
        wrapProgram $out/bin/foo --set GREETING hi --prefix PATH : ${
          lib.makeBinPath [ (pkgs.writeShellScriptBin "say" "echo said") ]
        }
        makeWrapper $out/bin/foo $out/bin/bar --set-default IGNORED x --add-flags "--verbose"
        [ "$($out/bin/bar)" = "hi
        said" ]
      '';
    };

    substituted = stdenv.mkDerivation {
      name = "substituted";
      src = pkgs.writeTextDir "script" "run foo/bar with @version@\n";
      version = "1.2";
      installPhase = ''
        substituteInPlace script --replace-fail "foo/bar" "${pkgs.runtimeShell}"
        substitute script $out --subst-var version
        grep -q "^run ${pkgs.runtimeShell} with 1.2$" $out
      '';
    };
  };
}
