{
  lib,
  stdenv,
  fetchurl,
  readline,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "rlwrap";
  version = "0.46.1";

  src = fetchurl {
    urls = [
      "https://github.com/hanslub42/rlwrap/releases/download/v${finalAttrs.version}/rlwrap-${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/r/rlwrap/rlwrap_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-xTfopT3zbx+ZZgHXdiA0eK1W+rHWezwaYwV7rbCFHOw=";
  };

  buildInputs = [ readline ];

  meta = {
    description = "Readline wrapper for console programs";
    homepage = "https://github.com/hanslub42/rlwrap";
    license = lib.licenses.gpl2Plus;
    mainProgram = "rlwrap";
    platforms = lib.platforms.linux;
  };
})
