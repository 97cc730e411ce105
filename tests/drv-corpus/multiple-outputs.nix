derivation {
  name = "multiple-outputs";
  system = "x86_64-linux";
  builder = "/bin/sh";
  outputs = [ "out" "dev" "doc" ];
  args = [ "-c" "for o in $out $dev $doc; do echo > $o; done" ];
}
