let
  chain = n:
    derivation {
      name = "link-${toString n}";
      system = "x86_64-linux";
      builder = "/bin/sh";
      previous = if n == 0 then null else chain (n - 1);
    };
in
chain 12
