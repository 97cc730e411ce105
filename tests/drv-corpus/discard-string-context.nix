let
  inner = derivation { name = "inner"; system = "x86_64-linux"; builder = "/bin/sh"; };
in
derivation {
  name = "discard-string-context";
  system = "x86_64-linux";
  builder = "/bin/sh";
  text = builtins.unsafeDiscardStringContext "${inner} ${./files/one.txt}";
}
