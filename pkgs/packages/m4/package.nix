{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "m4";
  version = "1.4.19";

  src = fetchurl {
    urls = [
      "mirror://gnu/m4/m4-${finalAttrs.version}.tar.xz"
      "mirror://debian/pool/main/m/m4/m4_${finalAttrs.version}.orig.tar.xz"
    ];
    hash = "sha256-Y67eXG0zttmxNRHNC+LKwEby5w/QoHqpVzoEqCeDr5Y=";
  };

  meta = {
    description = "Macro processor";
    homepage = "https://www.gnu.org/software/m4/";
    license = lib.licenses.gpl3Plus;
    mainProgram = "m4";
    platforms = lib.platforms.linux;
  };
})
