{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "entr";
  version = "5.3";

  src = fetchurl {
    urls = [
      "https://eradman.com/entrproject/code/entr-${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/e/entr/entr_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-1wtEojE2uHyJuwB5RSEh5q/ez2uPQXjBnyyqw97DZi8=";
  };

  configurePhase = "./configure";
  makeFlags = [
    "PREFIX=${placeholder "out"}"
    "CC=gcc"
  ];

  meta = {
    description = "Runs commands when files change";
    homepage = "https://eradman.com/entrproject/";
    license = lib.licenses.isc;
    mainProgram = "entr";
    platforms = lib.platforms.linux;
  };
})
