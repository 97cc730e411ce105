derivation {
  name = "placeholders";
  system = "x86_64-linux";
  builder = "/bin/sh";
  outputs = [ "out" "dev" ];
  args = [ "-c" "echo ${placeholder "out"} > ${builtins.placeholder "dev"}" ];
  prefix = placeholder "out";
}
