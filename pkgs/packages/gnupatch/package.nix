{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "gnupatch";
  version = "2.7.6";

  src = fetchurl {
    urls = [
      "mirror://gnu/patch/patch-${finalAttrs.version}.tar.xz"
      "mirror://debian/pool/main/p/patch/patch_${finalAttrs.version}.orig.tar.xz"
    ];
    hash = "sha256-rGEL2per4Nn2t8ljJVoR3LGWwl4zfGH5Tkd41jLx2P0=";
  };

  meta = {
    description = "Applies differences to files";
    homepage = "https://www.gnu.org/software/patch/";
    license = lib.licenses.gpl3Plus;
    mainProgram = "patch";
    platforms = lib.platforms.linux;
  };
})
