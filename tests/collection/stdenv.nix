/**
  What builds of `stdenv.mkDerivation` do, a derivation for each: they build only if it is so. Needs the
  compiler and tools of `pkgs`.
*/
pkgs:
let
  inherit (pkgs) lib stdenv runCommandCC;

  /** A program and a library, so that there is something to be made. */
  source = pkgs.runCommand "source" { } ''
    mkdir -p $out/man
    cat > $out/twice.c <<'EOF'
    int twice(int n) { return 2 * n; }
    EOF
    cat > $out/twice.h <<'EOF'
    int twice(int n);
    EOF
    cat > $out/main.c <<'EOF'
    #include <stdio.h>
    #include "twice.h"
    int main(void) { printf("%d\n", twice(21)); return 0; }
    EOF
    echo '.TH TWICE 1' > $out/man/twice.1
    printf '%s\n' '#!/usr/bin/env bash' 'echo from a script' > $out/script
    chmod +x $out/script
    cat > $out/Makefile <<'EOF'
    CFLAGS = -O2
    WORD = small
    all: twice
    libtwice.so: twice.c
    	$(CC) $(CFLAGS) -shared -fPIC -o $@ twice.c
    twice: main.c libtwice.so
    	$(CC) $(CFLAGS) -o $@ main.c -L. -ltwice
    check:
    	@echo checked > checked
    	@LD_LIBRARY_PATH=. ./twice | grep -x 42
    install:
    	install -D twice $(bin)/bin/twice
    	install -D script $(bin)/bin/script
    	install -D libtwice.so $(lib)/lib/libtwice.so
    	install -D -m644 twice.h $(dev)/include/twice.h
    	install -D -m644 man/twice.1 $(man)/share/man/man1/twice.1
    	echo "$(WORD)" > $(bin)/word
    EOF
  '';

  make = arguments: stdenv.mkDerivation ({ src = source; name = "twice"; } // arguments);

  /** Runs a script that has to succeed. */
  check = name: attributes: script: runCommandCC "check-${name}" attributes (script + "\ntouch $out\n");

  everywhere = lib.genAttrs [ "bin" "lib" "dev" "man" ] (_: placeholder "out");
  flags = lib.mapAttrsToList (name: value: "${name}=${value}");
  toOut = { makeFlags = flags everywhere; };

  manyOutputs = make {
    outputs = [ "out" "bin" "dev" "lib" "man" ];
    setOutputFlags = false;
    makeFlags = flags (lib.genAttrs [ "bin" "dev" "lib" "man" ] placeholder);
    postInstall = "mkdir -p $out/share/doc/twice && echo read me > $out/share/doc/twice/README";
  };

  /** Its headers come with the package that propagates it. */
  propagating = stdenv.mkDerivation {
    name = "propagating";
    dontUnpack = true;
    propagatedBuildInputs = [ manyOutputs ];
    installPhase = "mkdir -p $out/include && echo '#include <twice.h>' > $out/include/four.h";
  };

  debuggable = make (toOut // { separateDebugInfo = true; });
in
{
  phasesAndHooks = make (
    toOut
    // {
      postUnpack = "echo unpack >> $NIX_BUILD_TOP/hooks";
      prePatch = "echo patch >> $NIX_BUILD_TOP/hooks";
      preConfigure = "echo configure >> $NIX_BUILD_TOP/hooks";
      preBuild = "echo build >> $NIX_BUILD_TOP/hooks";
      doCheck = true;
      preCheck = "echo check >> $NIX_BUILD_TOP/hooks";
      preInstall = "test -e checked && echo install >> $NIX_BUILD_TOP/hooks";
      preFixup = "echo fixup >> $NIX_BUILD_TOP/hooks";
      doInstallCheck = true;
      installCheckPhase = ''
        [ "$($out/bin/twice)" = 42 ]
        echo unpack patch configure build check install fixup | tr ' ' '\n' | diff $NIX_BUILD_TOP/hooks -
      '';
    }
  );

  makeFlags = make (
    toOut
    // {
      makeFlags = toOut.makeFlags ++ [ "CFLAGS=-O0" ];
      preInstall = ''installFlagsArray+=("WORD=two words")'';
      postFixup = ''[ "$(cat $out/word)" = "two words" ]'';
    }
  );

  outputs = check "outputs" { inherit (manyOutputs) bin dev lib man; main = manyOutputs.out; } ''
    [ "$($bin/bin/twice)" = 42 ]
    [ -e $dev/include/twice.h ] && [ ! -e $bin/include ]
    [ -e $lib/lib/libtwice.so ] && [ ! -e $main/lib ]
    [ -e $man/share/man/man1/twice.1.gz ]
    [ -e $main/share/doc/twice/README ]
    grep -q $lib $dev/nix-support/propagated-build-inputs
  '';

  propagation = check "propagation" { buildInputs = [ propagating ]; } ''
    echo '#include <four.h>
    int main(void) { return twice(2) - 4; }' > main.c
    $CC -o main main.c -ltwice
    ./main
  '';

  /** What was linked with the library where it was built finds it where it was installed. */
  libraryPath = make (
    toOut
    // {
      preBuild = ''makeFlagsArray+=("CFLAGS=-Wl,-rpath,$PWD")'';
      doInstallCheck = true;
      installCheckPhase = ''
        readelf -d $out/bin/twice | grep -F "[$out/lib:"
        [ "$($out/bin/twice)" = 42 ]
      '';
    }
  );

  scriptsAndStrip = check "scripts-and-strip" { twice = make toOut; } ''
    [ "$(head -n1 $twice/bin/script)" = "#!${pkgs.runtimeShell}" ]
    [ "$($twice/bin/script)" = "from a script" ]
    ! readelf -S $twice/bin/twice | grep -F .debug_info
    $CC -g -c -x c - <<< 'int x;' -o x.o
    readelf -S x.o | grep -qF .debug_info
  '';

  debugInfo = check "debug-info" { program = debuggable; inherit (debuggable) debug; } ''
    id=$(readelf -n $program/bin/twice | sed -n 's/.*Build ID: //p')
    [ ''${#id} = 40 ]
    file=$debug/lib/debug/.build-id/''${id:0:2}/''${id:2}.debug
    readelf -S $file | grep -qF .debug_info
    ! readelf -S $program/bin/twice | grep -F .debug_info
    [ "$($program/bin/twice)" = 42 ]
  '';

  structured = make (
    toOut
    // {
      __structuredAttrs = true;
      outputs = [ "out" "man" ];
      setOutputFlags = false;
      makeFlags = flags (everywhere // { man = placeholder "man"; }) ++ [ "WORD=two words" ];
      env.IN_ENVIRONMENT = "exported";
      numbers = { one = 1; };
      list = [ "a b" "c" ];
      doCheck = true;
      postInstall = ''
        [ "$(cat $out/word)" = "two words" ]
        [ "$(bash -c 'echo $IN_ENVIRONMENT')" = exported ]
        [ "''${numbers[one]}" = 1 ]
        [ "''${#list[@]}" = 2 ] && [ "''${list[0]}" = "a b" ]
        [ -e $man/share/man/man1/twice.1 ]
      '';
    }
  );

  setupHooks = check "setup-hooks" {
    nativeBuildInputs = [
      (pkgs.makeSetupHook { name = "greet"; substitutions.word = "hello"; } (
        builtins.toFile "greet.sh" "greet() { echo @word@ $1; }\n"
      ))
    ];
  } ''[ "$(greet you)" = "hello you" ]'';

  strictDeps = check "strict-deps" {
    strictDeps = true;
    buildInputs = [ (pkgs.writeShellScriptBin "of-the-host" "") ];
    nativeBuildInputs = [ (pkgs.writeShellScriptBin "of-the-builder" "") ];
  } ''
    type -p of-the-builder
    ! type -p of-the-host
  '';

  noCompiler = pkgs.stdenvNoCC.mkDerivation {
    name = "no-compiler";
    dontUnpack = true;
    installPhase = "! type -p gcc && touch $out";
  };

  /** In C, by what of the toolchain arrives first. */
  tinycc = pkgs.tinyccStdenv.mkDerivation {
    name = "by-tinycc";
    inherit source;
    dontUnpack = true;
    buildPhase = "$CC -I$source -o twice $source/twice.c $source/main.c";
    installPhase = "install -D twice $out/bin/twice";
    doInstallCheck = true;
    installCheckPhase = ''
      [ "$($out/bin/twice)" = 42 ]
      ! type -p as
    '';
  };

  substitutions = check "substitutions" { who = "world"; } ''
    echo 'Hello @who@ of @name@, @what@.' > text
    substitute text first --subst-var who --replace-fail @what@ again
    [ "$(cat first)" = "Hello world of @name@, again." ]
    if (substituteInPlace first --replace-fail missing x) 2> /dev/null; then exit 1; fi
    substituteAll text second
    [ "$(cat second)" = "Hello world of check-substitutions, @what@." ]
  '';
}
