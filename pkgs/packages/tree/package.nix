{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "tree";
  version = "2.1.0";

  src = fetchurl {
    urls = [
      "https://oldmanprogrammer.net/tar/tree/tree-${finalAttrs.version}.tgz"
      "mirror://debian/pool/main/t/tree/tree_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-AWDFNb/ysNxqgwuZROmB40JzgPY+dI2pbO1wcfrrq/Y=";
  };

  dontConfigure = true;
  makeFlags = [
    "CC=gcc"
    "PREFIX=${placeholder "out"}"
    "MANDIR=${placeholder "out"}/share/man"
  ];

  meta = {
    description = "Lists directories as trees";
    homepage = "https://oldmanprogrammer.net/source.php?dir=projects/tree";
    license = lib.licenses.gpl2Plus;
    mainProgram = "tree";
    platforms = lib.platforms.linux;
  };
})
