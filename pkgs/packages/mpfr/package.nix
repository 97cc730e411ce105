{
  lib,
  stdenv,
  fetchurl,
  gmp,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "mpfr";
  version = "4.2.0";

  src = fetchurl {
    urls = [
      "mirror://gnu/mpfr/mpfr-${finalAttrs.version}.tar.xz"
      "mirror://debian/pool/main/m/mpfr4/mpfr4_${finalAttrs.version}.orig.tar.xz"
    ];
    hash = "sha256-BqN43xNQEkjBsttaqXeiyBJq6Emp2be+JUb7Spwm2ZM=";
  };

  propagatedBuildInputs = [ gmp ];

  meta = {
    description = "Library for multiple-precision floating-point arithmetic";
    homepage = "https://www.gnu.org/software/mpfr/";
    license = lib.licenses.lgpl3Plus;
    platforms = lib.platforms.linux;
  };
})
