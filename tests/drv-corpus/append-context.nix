let
  inner = derivation { name = "inner"; system = "x86_64-linux"; builder = "/bin/sh"; outputs = [ "out" "dev" ]; };
in
derivation {
  name = "append-context";
  system = "x86_64-linux";
  builder = "/bin/sh";
  text = builtins.appendContext "only words" {
    ${builtins.unsafeDiscardStringContext inner.drvPath} = { outputs = [ "dev" ]; };
    ${builtins.unsafeDiscardStringContext (builtins.toFile "words" "words")} = { path = true; };
  };
}
