derivation {
  name = "to-file";
  system = "x86_64-linux";
  builder = "/bin/sh";
  args = [ (builtins.toFile "builder.sh" "echo hello > $out\n") ];
}
