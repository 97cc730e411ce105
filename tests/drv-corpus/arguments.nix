derivation {
  name = "arguments";
  system = "x86_64-linux";
  builder = "/bin/sh";
  args = [ "-e" "-c" "echo hello > $out" 3 true null [ "nested" "list" ] ];
}
