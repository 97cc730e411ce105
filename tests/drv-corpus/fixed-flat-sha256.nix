derivation {
  name = "fixed-flat-sha256";
  system = "x86_64-linux";
  builder = "/bin/sh";
  outputHashMode = "flat";
  outputHashAlgo = "sha256";
  outputHash = "2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806";
}
