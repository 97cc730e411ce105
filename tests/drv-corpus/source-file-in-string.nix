derivation { name = "source-file-in-string"; system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-c" "cat ${./files/one.txt} ${./files/two.txt} > $out" ]; }
