{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "time";
  version = "1.9";

  src = fetchurl {
    urls = [
      "mirror://gnu/time/time-${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/t/time/time_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-+6zwyB5iQp3z4zvaTO44dWYE8Y4B2XczjiMwaj47Uh4=";
  };

  meta = {
    description = "Runs programs and tells what they took";
    homepage = "https://www.gnu.org/software/time/";
    license = lib.licenses.gpl3Plus;
    mainProgram = "time";
    platforms = lib.platforms.linux;
  };
})
