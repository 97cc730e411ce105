{
  lib,
  stdenv,
  fetchurl,
  ncurses,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "cmatrix";
  version = "2.0";

  src = fetchurl {
    urls = [
      "https://github.com/abishekvashok/cmatrix/archive/v${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/c/cmatrix/cmatrix_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-rZO6OazTg2lqtqnrvtElns8tPPn0nWuXA4xm+AdJ6Zo=";
  };

  buildInputs = [ ncurses ];

  buildPhase = ''
    $CC -O2 -DVERSION='"2.0"' -DHAVE_NCURSES_H=1 -DHAVE_USE_DEFAULT_COLORS=1 -DHAVE_UNISTD_H=1 -DHAVE_TERMIOS_H=1 \
      -DHAVE_SYS_IOCTL_H=1 -DHAVE_SETLOCALE -o cmatrix cmatrix.c -lncursesw
  '';
  installPhase = "install -Dm755 cmatrix $out/bin/cmatrix";
  dontConfigure = true;

  meta = {
    description = "Shows falling letters as in a film";
    homepage = "https://github.com/abishekvashok/cmatrix";
    license = lib.licenses.gpl3Plus;
    mainProgram = "cmatrix";
    platforms = lib.platforms.linux;
  };
})
