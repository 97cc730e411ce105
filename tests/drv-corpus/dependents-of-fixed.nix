# Where a fixed output came from does not change what depends on it.
let
  fetched = url: derivation {
    name = "fetched";
    system = "x86_64-linux";
    builder = "/bin/sh";
    inherit url;
    outputHash = "sha256-LIsI2lzmA5jh8Zrw5dzMdE3ydLgmq+WF6rpoxSVDSAY=";
  };
  user = name: url: derivation { inherit name; system = "x86_64-linux"; builder = "/bin/sh"; src = fetched url; };
in
derivation {
  name = "dependents-of-fixed";
  system = "x86_64-linux";
  builder = "/bin/sh";
  a = user "user" "https://one.example.org";
  b = user "user" "https://two.example.org";
}
