{
  lib,
  stdenv,
  fetchurl,
  ncurses,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "sl";
  version = "5.02";

  src = fetchurl {
    urls = [
      "https://github.com/mtoyoda/sl/archive/${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/s/sl/sl_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-HlmWdX+HnIHyAqGK2OmCGVz1HEFyfT/qSvAf3Lu1Vjo=";
  };

  buildInputs = [ ncurses ];

  buildPhase = "$CC -O2 -o sl sl.c -lncurses";
  installPhase = "install -Dm755 sl $out/bin/sl";

  meta = {
    description = "Steam locomotive for those who mistype ls";
    homepage = "https://github.com/mtoyoda/sl";
    license = lib.licenses.free;
    mainProgram = "sl";
    platforms = lib.platforms.linux;
  };
})
