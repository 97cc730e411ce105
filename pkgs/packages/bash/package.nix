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
    urls = [
      "mirror://gnu/bash/bash-${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/b/bash/bash_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-ejFbwOnZBxMVnkOQ7BCWpB5PM82Mw9GnSajlrVZgD1E=";
  };

  buildInputs = [ readline ];

  configureFlags = [
    "--with-installed-readline"
    "--without-bash-malloc"
  ];

  postInstall = "ln -s bash $out/bin/sh";

  passthru.shellPath = "/bin/bash";

  meta = {
    description = "GNU Bourne-Again Shell";
    homepage = "https://www.gnu.org/software/bash/";
    license = lib.licenses.gpl3Plus;
    mainProgram = "bash";
    platforms = lib.platforms.linux;
  };
})
