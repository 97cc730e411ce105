derivation {
  name = "structured-output-checks";
  system = "x86_64-linux";
  builder = "/bin/sh";
  __structuredAttrs = true;
  outputChecks.out = { allowedReferences = [ "out" ]; maxSize = 1024; };
  exportReferencesGraph.closure = [ (builtins.toFile "a" "a") ];
}
