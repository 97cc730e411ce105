/**
  Debian's packages that the toolchain is made from, by name: each a fixed-output derivation of one
  exact file. The names and hashes are in `<system>.json`; `scripts/update-debian-pins.mjs` renews them.

  A Debian mirror keeps a file until the next point release; the archive of snapshots keeps it for ever.
*/
{ system }:
let
  pins = builtins.fromJSON (builtins.readFile (./. + "/${system}.json"));
  /** A day on which the archive had all of these files. */
  snapshot = "20261101T000000Z";

  fetch =
    { path, sha256, ... }:
    derivation {
      # Versions may hold a tilde, names of store paths may not.
      name = builtins.replaceStrings [ "~" ] [ "-" ] (baseNameOf path);
      system = "builtin";
      builder = "builtin:fetchurl";
      url = "mirror://debian/${path}";
      urls = [
        "mirror://debian/${path}"
        "https://snapshot.debian.org/archive/debian/${snapshot}/${path}"
      ];
      outputHashMode = "flat";
      outputHashAlgo = "sha256";
      outputHash = sha256;
      preferLocalBuild = true;
    };
in
builtins.mapAttrs (_: fetch) pins
