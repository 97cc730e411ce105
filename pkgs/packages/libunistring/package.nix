{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "libunistring";
  version = "1.0";

  src = fetchurl {
    urls = [
      "mirror://gnu/libunistring/libunistring-${finalAttrs.version}.tar.xz"
      "mirror://debian/pool/main/libu/libunistring/libunistring_${finalAttrs.version}.orig.tar.xz"
    ];
    hash = "sha256-W6tVtJ91137SayV5l+kZtpPyn9ShvCLg5uAkwkbHJ0E=";
  };

  meta = {
    description = "Unicode string library";
    homepage = "https://www.gnu.org/software/libunistring/";
    license = lib.licenses.lgpl3Plus;
    platforms = lib.platforms.linux;
  };
})
