derivation {
  name = "path-filter";
  system = "x86_64-linux";
  builder = "/bin/sh";
  src = builtins.path {
    path = ./files/tree;
    name = "filtered";
    filter = path: type: type != "symlink" && builtins.match ".*\\.log" path == null;
  };
}
