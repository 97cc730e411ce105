derivation {
  name = "path-flat";
  system = "x86_64-linux";
  builder = "/bin/sh";
  src = builtins.path { path = ./files/one.txt; recursive = false; };
}
