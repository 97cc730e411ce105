{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "lzip";
  version = "1.23";

  src = fetchurl {
    url = "mirror://debian/pool/main/l/lzip/lzip_${finalAttrs.version}.orig.tar.xz";
    hash = "sha256-0mnY4gRXnLcEfWGHvOdBrLSEon4kzyTyDPAXxIV0FHw=";
  };

  # Its configure script is none of autoconf: it takes the compiler by its name.
  configureFlags = [ "CXX=g++" ];

  meta = {
    description = "Lossless data compressor based on LZMA";
    homepage = "https://www.nongnu.org/lzip/lzip.html";
    license = lib.licenses.gpl2Plus;
    mainProgram = "lzip";
    platforms = lib.platforms.linux;
  };
})
