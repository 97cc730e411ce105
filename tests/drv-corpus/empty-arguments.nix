derivation { name = "empty-arguments"; system = "x86_64-linux"; builder = "/bin/sh"; args = [ ]; empty = ""; list = [ ]; }
