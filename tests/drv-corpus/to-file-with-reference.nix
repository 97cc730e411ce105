let
  data = builtins.toFile "data" "data\n";
  script = builtins.toFile "script.sh" "cat ${data} ${./files/one.txt} > $out\n";
in
derivation { name = "to-file-with-reference"; system = "x86_64-linux"; builder = "/bin/sh"; args = [ script ]; }
