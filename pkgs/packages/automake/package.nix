{
  lib,
  stdenv,
  fetchurl,
  autoconf,
  perl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "automake";
  version = "1.16.5";

  src = fetchurl {
    urls = [
      "mirror://gnu/automake/automake-${finalAttrs.version}.tar.xz"
      "mirror://debian/pool/main/a/automake-1.16/automake-1.16_${finalAttrs.version}.orig.tar.xz"
    ];
    hash = "sha256-8B1YzW2dd/vcqetLvV6tGYgij9tz1veiAfX41rEYtGk=";
  };

  nativeBuildInputs = [
    autoconf
    perl
  ];
  buildInputs = [ autoconf ];

  setupHook = ./setup-hook.sh;

  meta = {
    description = "Writes makefiles that follow the GNU coding standards";
    homepage = "https://www.gnu.org/software/automake/";
    license = lib.licenses.gpl2Plus;
    mainProgram = "automake";
    platforms = lib.platforms.linux;
  };
})
