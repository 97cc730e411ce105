{
  lib,
  stdenv,
  fetchurl,
  ed,
  flex,
  readline,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "bc";
  version = "1.07.1";

  src = fetchurl {
    urls = [
      "mirror://gnu/bc/bc-${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/b/bc/bc_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-Yq38qJsKHAFkws3KWcohDB1Ew//Eba+ZMc9JQmZMsCo=";
  };

  # It reads lines with readline only if flex makes its scanner.
  nativeBuildInputs = [
    ed
    flex
  ];
  buildInputs = [ readline ];
  configureFlags = [ "--with-readline" ];
  # Its manual as info would take texinfo.
  makeFlags = [ "MAKEINFO=true" ];

  meta = {
    description = "Arbitrary-precision calculator language";
    homepage = "https://www.gnu.org/software/bc/";
    license = lib.licenses.gpl3Plus;
    mainProgram = "bc";
    platforms = lib.platforms.linux;
  };
})
