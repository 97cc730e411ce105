derivation { name = "nulls-kept"; system = "x86_64-linux"; builder = "/bin/sh"; __ignoreNulls = false; absent = null; }
