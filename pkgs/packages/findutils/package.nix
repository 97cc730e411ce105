{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "findutils";
  version = "4.9.0";

  src = fetchurl {
    urls = [
      "mirror://gnu/findutils/findutils-${finalAttrs.version}.tar.xz"
      "mirror://debian/pool/main/f/findutils/findutils_${finalAttrs.version}.orig.tar.xz"
    ];
    hash = "sha256-or+4wJ1DZ3DtxZ9Q+kg+eFsWGjt7nVR1c8sIBl/UYv4=";
  };

  meta = {
    description = "Programs that search for files";
    homepage = "https://www.gnu.org/software/findutils/";
    license = lib.licenses.gpl3Plus;
    mainProgram = "find";
    platforms = lib.platforms.linux;
  };
})
