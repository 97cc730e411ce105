derivation { name = "other-system"; system = "aarch64-linux"; builder = "/bin/sh"; }
