{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "dash";
  version = "0.5.12";

  src = fetchurl {
    urls = [
      "http://gondor.apana.org.au/~herbert/dash/files/dash-${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/d/dash/dash_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-akdKxG6LCzKRbExg32lMggWNMpfYs4W3RQgDDKSo8oo=";
  };

  passthru.shellPath = "/bin/dash";

  meta = {
    description = "POSIX-compliant shell that is small and fast";
    homepage = "http://gondor.apana.org.au/~herbert/dash/";
    license = lib.licenses.bsd3;
    mainProgram = "dash";
    platforms = lib.platforms.linux;
  };
})
