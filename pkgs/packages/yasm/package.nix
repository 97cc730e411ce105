{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "yasm";
  version = "1.3.0";

  src = fetchurl {
    urls = [
      "https://www.tortall.net/projects/yasm/releases/yasm-${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/y/yasm/yasm_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-Pc5mAbSV9bPUW1n30kkqNA7n6Etb7KF+SPhiUCvVYD8=";
  };

  meta = {
    description = "Rewrite of the NASM assembler";
    homepage = "https://yasm.tortall.net/";
    license = lib.licenses.bsd2;
    mainProgram = "yasm";
    platforms = lib.platforms.linux;
  };
})
