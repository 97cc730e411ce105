derivation {
  name = "path-with-hash";
  system = "x86_64-linux";
  builder = "/bin/sh";
  src = builtins.path {
    path = ./files/one.txt;
    recursive = false;
    sha256 = "2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806";
  };
}
