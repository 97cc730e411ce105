{
  lib,
  stdenv,
  fetchurl,
  zlib,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "libpng";
  version = "1.6.39";

  src = fetchurl {
    urls = [
      "https://github.com/glennrp/libpng/archive/v${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/libp/libpng1.6/libpng1.6_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-oA6dLy9mQYbkIC25KZOX+FGupxs2o150kQuIIOOA1EE=";
  };

  propagatedBuildInputs = [ zlib ];

  meta = {
    description = "Reference library for PNG files";
    homepage = "http://www.libpng.org/pub/png/libpng.html";
    license = lib.licenses.libpng2;
    platforms = lib.platforms.linux;
  };
})
