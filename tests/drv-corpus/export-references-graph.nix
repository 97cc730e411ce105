let
  inner = derivation { name = "inner"; system = "x86_64-linux"; builder = "/bin/sh"; };
in
derivation {
  name = "export-references-graph";
  system = "x86_64-linux";
  builder = "/bin/sh";
  exportReferencesGraph = [ "inner-graph" inner "recipe-graph" inner.drvPath ];
}
