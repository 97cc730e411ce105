{
  lib,
  stdenv,
  fetchurl,
  pcre2,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "gnugrep";
  version = "3.8";

  src = fetchurl {
    urls = [
      "mirror://gnu/grep/grep-${finalAttrs.version}.tar.xz"
      "mirror://debian/pool/main/g/grep/grep_${finalAttrs.version}.orig.tar.xz"
    ];
    hash = "sha256-SY18wbT7CBkE2HND/rtzR1z3ceQk+35hQa/2YBOrw4I=";
  };

  buildInputs = [ pcre2 ];

  meta = {
    description = "Finds lines that match a pattern";
    homepage = "https://www.gnu.org/software/grep/";
    license = lib.licenses.gpl3Plus;
    mainProgram = "grep";
    platforms = lib.platforms.linux;
  };
})
