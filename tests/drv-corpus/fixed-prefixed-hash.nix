derivation {
  name = "fixed-prefixed-hash";
  system = "x86_64-linux";
  builder = "/bin/sh";
  outputHash = "sha256:2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806";
  outputHashAlgo = null;
}
