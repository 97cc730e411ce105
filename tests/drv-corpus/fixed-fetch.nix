derivation {
  name = "source-1.0.tar.gz";
  system = "builtin";
  builder = "builtin:fetchurl";
  outputHashMode = "flat";
  outputHashAlgo = "sha256";
  outputHash = "2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806";
  url = "https://example.org/source-1.0.tar.gz";
  urls = [ "https://example.org/source-1.0.tar.gz" "mirror://gnu/source-1.0.tar.gz" ];
  preferLocalBuild = true;
  impureEnvVars = [ "http_proxy" "https_proxy" ];
}
