# `drvPath` brings the derivation with all outputs of everything below it.
let
  inner = derivation { name = "inner"; system = "x86_64-linux"; builder = "/bin/sh"; src = ./files/one.txt; };
  middle = derivation { name = "middle"; system = "x86_64-linux"; builder = "/bin/sh"; outputs = [ "out" "dev" ]; inherit inner; };
in
derivation { name = "context-of-drv-path"; system = "x86_64-linux"; builder = "/bin/sh"; recipe = middle.drvPath; }
