/** "Hooks". */
{ pkgs, lib, ... }:
let
  inherit (pkgs) autoPatchelfHook runCommandCC stdenv;

  word = runCommandCC "word" { } ''
    mkdir -p $out/lib
    echo 'const char *word(void) { return "found"; }' > word.c
    $CC -shared -fPIC -o $out/lib/libword.so word.c
  '';

  /** As somebody else has built it: nothing in it is of the store. */
  foreign = runCommandCC "foreign" { buildInputs = [ word ]; nativeBuildInputs = [ pkgs.toolchain.patchelf ]; } ''
    mkdir -p $out/bin $out/lib
    echo 'int twice(int n) { return 2 * n; }' > twice.c
    $CC -shared -fPIC -o $out/lib/libtwice.so twice.c
    cat > main.cc <<'END'
    #include <iostream>
    extern "C" { const char *word(void); int twice(int); }
    int main() { std::cout << word() << twice(21) << std::endl; }
    END
    $CXX -o $out/bin/main main.cc -L$out/lib -ltwice -lword
    patchelf --set-interpreter /lib64/ld-linux-x86-64.so.2 --remove-rpath $out/bin/main
    for library in $out/lib/*.so; do patchelf --remove-rpath $library; done
    mkdir $out/nix-support
  '';

  patched =
    attributes:
    stdenv.mkDerivation (
      {
        name = "patched";
        src = foreign;
        nativeBuildInputs = [ autoPatchelfHook ];
        installPhase = "cp -r . $out; rm -rf $out/nix-support";
      }
      // attributes
    );
in
{
  evaluated.hook = autoPatchelfHook;

  built = {
    autoPatchelf = patched {
      buildInputs = [ word stdenv.cc.cc.lib ];
      preFixup = ''
        if $out/bin/main 2> /dev/null; then exit 1; fi
      '';
      # It is patched after everything else.
      postPhases = [ "checkPatched" ];
      checkPatched = ''[ "$($out/bin/main)" = found42 ]'';
    };

    autoPatchelfMissing = pkgs.runCommand "missing" {
      failed = pkgs.testers.testBuildFailure (patched { buildInputs = [ stdenv.cc.cc.lib ]; });
    } ''
      grep -F "could not satisfy dependency libword.so wanted by" $failed/testBuildFailure.log
      touch $out
    '';

    autoPatchelfIgnored = patched {
      buildInputs = [ stdenv.cc.cc.lib ];
      autoPatchelfIgnoreMissingDeps = [ "libword.*" ];
    };
  };
}
