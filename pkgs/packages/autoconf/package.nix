{
  lib,
  stdenv,
  fetchurl,
  m4,
  perl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "autoconf";
  version = "2.71";

  src = fetchurl {
    urls = [
      "mirror://gnu/autoconf/autoconf-${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/a/autoconf/autoconf_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-QxB1rQv1Ke8Ty0HpBCxUI4EQPoABVoYiK4qdSr70Khw=";
  };

  nativeBuildInputs = [
    m4
    perl
  ];
  buildInputs = [ m4 ];

  meta = {
    description = "Writes shell scripts that configure source code packages";
    homepage = "https://www.gnu.org/software/autoconf/";
    license = lib.licenses.gpl3Plus;
    mainProgram = "autoconf";
    platforms = lib.platforms.linux;
  };
})
