derivation { name = "structured-attributes-false"; system = "x86_64-linux"; builder = "/bin/sh"; __structuredAttrs = false; list = [ 1 2 ]; }
