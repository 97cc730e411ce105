derivation {
  name = "long-text";
  system = "x86_64-linux";
  builder = "/bin/sh";
  text = builtins.concatStringsSep "\n" (builtins.genList (n: "line ${toString n} of a text longer than one buffer") 5000);
}
