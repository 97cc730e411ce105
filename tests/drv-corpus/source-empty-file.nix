derivation { name = "source-empty-file"; system = "x86_64-linux"; builder = "/bin/sh"; src = ./files/empty; }
