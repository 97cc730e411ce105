{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "libffi";
  version = "3.4.4";

  src = fetchurl {
    urls = [
      "https://github.com/libffi/libffi/releases/download/v${finalAttrs.version}/libffi-${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/libf/libffi/libffi_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-1mxWrSWags8qnfxAizK/XaUjcVALhHRff7i2RXEt9nY=";
  };

  meta = {
    description = "Foreign function call interface library";
    homepage = "https://sourceware.org/libffi/";
    license = lib.licenses.mit;
    platforms = lib.platforms.linux;
  };
})
