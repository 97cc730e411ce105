derivation { name = "source-directory"; system = "x86_64-linux"; builder = "/bin/sh"; src = ./files/tree; }
