let
  shell = derivation { name = "shell"; system = "x86_64-linux"; builder = "/bin/sh"; };
in
derivation { name = "builder-is-a-derivation"; system = "x86_64-linux"; builder = "${shell}/bin/shell"; }
