derivation { name = "special+name-1.0_rc?=.x"; system = "x86_64-linux"; builder = "/bin/sh"; }
