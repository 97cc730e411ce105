let
  tool = derivation { name = "tool"; system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-c" "echo tool > $out" ]; };
in
derivation {
  name = "input-derivation";
  system = "x86_64-linux";
  builder = "/bin/sh";
  args = [ "-c" "read line < ${tool}; echo $line > $out" ];
}
