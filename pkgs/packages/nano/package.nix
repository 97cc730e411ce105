{
  lib,
  stdenv,
  fetchurl,
  ncurses,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "nano";
  version = "7.2";

  src = fetchurl {
    urls = [
      "mirror://gnu/nano/nano-${finalAttrs.version}.tar.xz"
      "mirror://debian/pool/main/n/nano/nano_${finalAttrs.version}.orig.tar.xz"
    ];
    hash = "sha256-hvNEJ2i9KHPOxpP4PN+AtLRErTzBR2C3Q2FHT8h6RSY=";
  };

  buildInputs = [ ncurses ];

  meta = {
    description = "Small, user-friendly text editor for the console";
    homepage = "https://www.gnu.org/software/nano/";
    license = lib.licenses.gpl3Plus;
    mainProgram = "nano";
    platforms = lib.platforms.linux;
  };
})
