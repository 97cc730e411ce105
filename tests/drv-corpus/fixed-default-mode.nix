derivation {
  name = "fixed-default-mode";
  system = "x86_64-linux";
  builder = "/bin/sh";
  outputHashAlgo = "sha256";
  outputHash = "0xxbb3x2ng0n1pj89jq4w5wnzfsz40avfhncvhzjwvx13ar4vii9";
}
