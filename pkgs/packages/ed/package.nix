{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "ed";
  version = "1.19";

  src = fetchurl {
    url = "mirror://debian/pool/main/e/ed/ed_${finalAttrs.version}.orig.tar.gz";
    hash = "sha256-jlw+fISXLnOVf/OWuDGKIXlfhlR90f5OxCMqnm5Eyh0=";
  };

  meta = {
    description = "Line-oriented text editor";
    homepage = "https://www.gnu.org/software/ed/";
    license = lib.licenses.gpl3Plus;
    mainProgram = "ed";
    platforms = lib.platforms.linux;
  };
})
