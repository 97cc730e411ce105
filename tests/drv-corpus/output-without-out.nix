derivation { name = "output-without-out"; system = "x86_64-linux"; builder = "/bin/sh"; outputs = [ "dev" "data" ]; }
