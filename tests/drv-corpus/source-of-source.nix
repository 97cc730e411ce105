# A file inside a store path is an input by the store path it lies in.
derivation { name = "source-of-source"; system = "x86_64-linux"; builder = "/bin/sh"; file = "${./files}/tree/sub/inner.txt"; }
