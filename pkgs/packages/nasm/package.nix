{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "nasm";
  version = "2.16.01";

  src = fetchurl {
    urls = [
      "https://www.nasm.us/pub/nasm/releasebuilds/${finalAttrs.version}/nasm-${finalAttrs.version}.tar.xz"
      "mirror://debian/pool/main/n/nasm/nasm_${finalAttrs.version}.orig.tar.xz"
    ];
    hash = "sha256-x3dF9IAjde/u4uxcCta38DfqnIfJKxSaljf/CZ8WJVg=";
  };

  meta = {
    description = "x86 assembler";
    homepage = "https://www.nasm.us/";
    license = lib.licenses.bsd2;
    mainProgram = "nasm";
    platforms = lib.platforms.linux;
  };
})
