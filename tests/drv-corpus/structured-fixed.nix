derivation {
  name = "structured-fixed";
  system = "x86_64-linux";
  builder = "/bin/sh";
  __structuredAttrs = true;
  outputHashMode = "recursive";
  outputHash = "sha256-LIsI2lzmA5jh8Zrw5dzMdE3ydLgmq+WF6rpoxSVDSAY=";
  urls = [ "https://example.org" ];
}
