derivation { name = "source-file"; system = "x86_64-linux"; builder = "/bin/sh"; src = ./files/one.txt; }
