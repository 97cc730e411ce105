{
  lib,
  stdenv,
  fetchurl,
  autoreconfHook,
  pkgconf,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "gnumake";
  version = "4.3";

  src = fetchurl {
    url = "mirror://debian/pool/main/m/make-dfsg/make-dfsg_${finalAttrs.version}.orig.tar.gz";
    hash = "sha256-vkwXVCV4gk50X4O80qm6JkIGGHJHy2pfXfmbCp0fkEc=";
  };

  nativeBuildInputs = [
    autoreconfHook
    pkgconf
  ];
  # Debian's lists a file twice.
  postPatch = "sed -i 's,po/Makefile.in Makefile,po/Makefile.in,' configure.ac";
  # Nor has it the manual.
  makeFlags = [ "man_MANS=" ];
  # What it would bring of gettext is there.
  AUTOPOINT = "true";

  meta = {
    description = "Tool that controls how programs are made from their sources";
    homepage = "https://www.gnu.org/software/make/";
    license = lib.licenses.gpl3Plus;
    mainProgram = "make";
    platforms = lib.platforms.linux;
  };
})
