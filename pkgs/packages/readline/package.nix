{
  lib,
  stdenv,
  fetchurl,
  ncurses,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "readline";
  version = "8.2";

  src = fetchurl {
    urls = [
      "mirror://gnu/readline/readline-${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/r/readline/readline_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-P+txcfFqhO6CyhijbXub4QmlLAT0kqBTMx19EJUAfDU=";
  };

  propagatedBuildInputs = [ ncurses ];

  # The library itself must know where the terminal library is.
  makeFlags = [ "SHLIB_LIBS=-lncursesw" ];

  meta = {
    description = "Library for editing lines of input";
    homepage = "https://www.gnu.org/software/readline/";
    license = lib.licenses.gpl3Plus;
    platforms = lib.platforms.linux;
  };
})
