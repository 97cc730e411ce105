{
  lib,
  stdenv,
  fetchurl,
  mpfr,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "libmpc";
  version = "1.3.1";

  src = fetchurl {
    urls = [
      "mirror://gnu/mpc/mpc-${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/m/mpclib3/mpclib3_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-q2QkkvXPiCt0qgy3MM1BCoHtzb7IlRg86TDnBsHHWbg=";
  };

  propagatedBuildInputs = [ mpfr ];

  meta = {
    description = "Library for arithmetic with complex numbers in high precision";
    homepage = "https://www.gnu.org/software/mpc/";
    license = lib.licenses.lgpl3Plus;
    platforms = lib.platforms.linux;
  };
})
