let
  library = derivation { name = "library"; system = "x86_64-linux"; builder = "/bin/sh"; outputs = [ "out" "dev" "man" ]; };
in
derivation {
  name = "input-twice-by-different-outputs";
  system = "x86_64-linux";
  builder = "/bin/sh";
  a = library.man;
  b = "${library}:${library.dev}";
}
