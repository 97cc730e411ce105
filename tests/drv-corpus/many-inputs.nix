derivation {
  name = "many-inputs";
  system = "x86_64-linux";
  builder = "/bin/sh";
  inputs = builtins.genList
    (n: derivation { name = "input-${toString n}"; system = "x86_64-linux"; builder = "/bin/sh"; inherit n; })
    100;
}
