{
  lib,
  stdenv,
  fetchurl,
  readline,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "bash";
  version = "5.2.15";

  src = fetchurl {
    url = "mirror://debian/pool/main/b/bash/bash_${finalAttrs.version}.orig.tar.gz";
    hash = "sha256-ejFbwOnZBxMVnkOQ7BCWpB5PM82Mw9GnSajlrVZgD1E=";
  };

  buildInputs = [ readline ];

  configureFlags = [
    "--with-installed-readline"
    "--without-bash-malloc"
  ];

  # What builds of its modules take from there would keep the tools that bash itself was built with.
  postInstall = ''
    ln -s bash $out/bin/sh
    sed -i -E 's,/nix/store/[^ ]*-coreutils[^ ]*/bin/,,' $out/lib/bash/Makefile.inc
  '';

  passthru.shellPath = "/bin/bash";

  meta = {
    description = "GNU Bourne-Again Shell";
    homepage = "https://www.gnu.org/software/bash/";
    license = lib.licenses.gpl3Plus;
    mainProgram = "bash";
    platforms = lib.platforms.linux;
  };
})
