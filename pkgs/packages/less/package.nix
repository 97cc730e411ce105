{
  lib,
  stdenv,
  fetchurl,
  ncurses,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "less";
  version = "590";

  src = fetchurl {
    urls = [
      "https://www.greenwoodsoftware.com/less/less-${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/l/less/less_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-aq31S+i/V9DimZo8XWex3mOAi7kN6493sCjq+uOgjhA=";
  };

  buildInputs = [ ncurses ];

  meta = {
    description = "Program that shows text a page at a time";
    homepage = "https://www.gnu.org/software/less/";
    license = lib.licenses.gpl3Plus;
    mainProgram = "less";
    platforms = lib.platforms.linux;
  };
})
