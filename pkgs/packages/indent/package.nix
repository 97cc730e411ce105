{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "indent";
  version = "2.2.12";

  src = fetchurl {
    urls = [
      "mirror://gnu/indent/indent-${finalAttrs.version}.tar.xz"
      "mirror://debian/pool/main/i/indent/indent_${finalAttrs.version}.orig.tar.xz"
    ];
    hash = "sha256-t0Wl38aPhqSD1/ltwc2nqv0eeOy6PH2K0wRwnpHh3vs=";
  };

  # Its manual as HTML would take texinfo.
  postPatch = "sed -i 's/^install-data-local: install-html$/install-data-local:/' doc/Makefile.in";
  makeFlags = [ "MAKEINFO=true" ];

  meta = {
    description = "Formats C source code";
    homepage = "https://www.gnu.org/software/indent/";
    license = lib.licenses.gpl3Plus;
    mainProgram = "indent";
    platforms = lib.platforms.linux;
  };
})
