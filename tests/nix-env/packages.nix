# Packages that a shell can make without any other program: their outputs are files.
let
  make =
    name: text: attributes:
    derivation {
      inherit name;
      system = builtins.currentSystem;
      builder = "/bin/sh";
      args = [
        "-c"
        "echo ${text} > $out"
      ];
    }
    // attributes;
  directory =
    name: attributes:
    derivation {
      inherit name;
      system = "builtin";
      builder = "builtin:buildenv";
      manifest = make "manifest" "none" { };
      derivations = [ ];
    }
    // attributes;
in
rec {
  old = directory "tool-1.0" {
    meta = {
      description = "the first\nand best";
      priority = 3;
    };
  };
  new = directory "tool-2.0" { };
  other = directory "other-1" { meta.tags = [ "x" "y" ]; };
  broken = assert false; directory "broken-1" { };
  same = other;
  inner = {
    recurseForDerivations = true;
    unstable = directory "inner-0.1pre" { };
  };
  hidden = {
    found = directory "hidden-1" { };
  };
  base = make "base-1.0" "base" { };
  library = make "library-2" "${base} ${base}" { };
  program = make "program-3" "uses ${library}" { };
  top = make "top-1" "${program} ${library} ${base}" { };
  top2 = make "top-2" "${library}" { };
}
