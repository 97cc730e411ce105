# This directory, with all the other cases, an executable and a symbolic link in it.
derivation { name = "source-here"; system = "x86_64-linux"; builder = "/bin/sh"; src = ./.; }
