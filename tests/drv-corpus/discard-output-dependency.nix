let
  inner = derivation { name = "inner"; system = "x86_64-linux"; builder = "/bin/sh"; };
in
derivation {
  name = "discard-output-dependency";
  system = "x86_64-linux";
  builder = "/bin/sh";
  recipe = builtins.unsafeDiscardOutputDependency inner.drvPath;
}
