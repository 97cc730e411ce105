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

  # It comes without a configure script; what that would find out is said here.
  buildPhase = ''
    runHook preBuild
    $CC -O2 -DEXCLUDE_CONFIG_H -DVERSION='"${finalAttrs.version}"' -DHAVE_NCURSES_H=1 -DHAVE_UNISTD_H=1 \
      -DHAVE_TERMIOS_H=1 -DHAVE_SYS_IOCTL_H=1 -DHAVE_USE_DEFAULT_COLORS=1 -DHAVE_RESIZETERM=1 \
      -DHAVE_WRESIZE=1 -o cmatrix cmatrix.c -lncursesw
    runHook postBuild
  '';
  installPhase = ''
    runHook preInstall
    install -Dm755 cmatrix $out/bin/cmatrix
    install -Dm644 cmatrix.1 $out/share/man/man1/cmatrix.1
    runHook postInstall
  '';
  dontConfigure = true;

  meta = {
    description = "Shows falling letters as in a film";
    homepage = "https://github.com/abishekvashok/cmatrix";
    license = lib.licenses.gpl3Plus;
    mainProgram = "cmatrix";
    platforms = lib.platforms.linux;
  };
})
