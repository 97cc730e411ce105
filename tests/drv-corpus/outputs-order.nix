# The first output listed is the default one; the derivation itself lists them sorted.
let
  parts = derivation {
    name = "parts";
    system = "x86_64-linux";
    builder = "/bin/sh";
    outputs = [ "lib" "bin" "out" ];
  };
in
derivation {
  name = "outputs-order";
  system = "x86_64-linux";
  builder = "/bin/sh";
  default = "${parts}";
  bin = "${parts.bin}/bin";
  out' = parts.out;
}
