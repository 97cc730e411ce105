derivation {
  name = "fixed-recursive-sha1";
  system = "x86_64-linux";
  builder = "/bin/sh";
  outputHashMode = "recursive";
  outputHashAlgo = "sha1";
  outputHash = "c7059bb19433cc3cabaa6236c83d56668a843dd2";
}
