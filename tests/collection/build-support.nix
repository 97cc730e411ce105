/** One of everything that makes derivations without a compiler. */
pkgs: with pkgs;
rec {
  a = runCommand "a" { } "echo hi > $out";
  b = writeText "b.txt" "some ${hello.name}\n";
  c = writeShellScriptBin "c" "echo $1";
  d = writeShellApplication { name = "d"; runtimeInputs = [ c ]; text = ''ls "$@"''; };
  e = symlinkJoin { name = "e"; paths = [ c d ]; nativeBuildInputs = [ makeWrapper ]; postBuild = "wrapProgram $out/bin/c --set X 1 --prefix PATH : /foo"; };
  f = linkFarm "f" { "x/y" = b; z = a; };
  g = buildEnv { name = "g"; paths = [ c d ]; };
  h = replaceVars (builtins.toFile "t" "a @x@ b\n") { x = "1"; };
  i = applyPatches { src = writeTextDir "q/w" "1\n"; name = "i"; postPatch = "echo 2 >> q/w"; };
  j = mkShell { packages = [ c ]; shellHook = "echo x"; };
  k = (formats.json { }).generate "k.json" { a = [ 1 2 ]; };
  l = testers.testEqualContents { assertion = "same"; actual = b; expected = b; };
  m = concatText "m" [ b b ];
  n = writeClosure [ c ];
}
