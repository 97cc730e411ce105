let
  strict = derivationStrict { name = "strict"; system = "x86_64-linux"; builder = "/bin/sh"; outputs = [ "out" "doc" ]; };
in
derivation { name = "derivation-strict"; system = "x86_64-linux"; builder = "/bin/sh"; text = strict.doc; }
