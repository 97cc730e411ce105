let
  inner = derivation { name = "inner"; system = "x86_64-linux"; builder = "/bin/sh"; };
in
derivation {
  name = "reference-checks";
  system = "x86_64-linux";
  builder = "/bin/sh";
  outputs = [ "out" "dev" ];
  allowedReferences = [ "out" inner ];
  disallowedRequisites = [ inner ];
  requiredSystemFeatures = [ "big-parallel" ];
}
