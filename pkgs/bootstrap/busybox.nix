/**
  The busybox seed: a static busybox with a link for each of its programs in `bin/`. Nothing builds
  it: every builder's store has it from the start, under the same path on every machine.
*/
{ system }:
let
  narHash = {
    x86_64-linux = "sha256:0dpnhxl4nrzl63dwzm2frzkbjw9qqapzzw5j5gj844kqlvvccyl2";
    aarch64-linux = "sha256:0liks86q47145l87hj542xipc5iyzizj0lsg2ipllvfm8yj2l7wz";
  };
in
derivation {
  name = "busybox-1.35.0";
  inherit system;
  builder = "builtin:busybox-seed";
  outputHashMode = "recursive";
  outputHash = narHash.${system};
}
