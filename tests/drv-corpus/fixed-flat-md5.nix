derivation {
  name = "fixed-flat-md5";
  system = "x86_64-linux";
  builder = "/bin/sh";
  outputHashMode = "flat";
  outputHashAlgo = "md5";
  outputHash = "5bbf5a52328e7439ae6e719dfe712200";
}
