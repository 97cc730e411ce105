# A path of the store as a string with no context gets one by storePath.
let
  file = builtins.toFile "stored" "stored";
in
derivation {
  name = "store-path";
  system = "x86_64-linux";
  builder = "/bin/sh";
  src = builtins.storePath (builtins.unsafeDiscardStringContext file);
}
