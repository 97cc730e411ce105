{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "diffutils";
  version = "3.8";

  src = fetchurl {
    urls = [
      "mirror://gnu/diffutils/diffutils-${finalAttrs.version}.tar.xz"
      "mirror://debian/pool/main/d/diffutils/diffutils_${finalAttrs.version}.orig.tar.xz"
    ];
    hash = "sha256-pr3X0bMSZtEcT03mwbdI1GB6sCMa9RiPwlM9CuJDj+w=";
  };

  meta = {
    description = "Programs that show how files differ";
    homepage = "https://www.gnu.org/software/diffutils/";
    license = lib.licenses.gpl3Plus;
    mainProgram = "diff";
    platforms = lib.platforms.linux;
  };
})
