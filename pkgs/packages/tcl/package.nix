{
  lib,
  stdenv,
  fetchurl,
  zlib,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "tcl";
  version = "8.6.13";

  src = fetchurl {
    url = "mirror://debian/pool/main/t/tcl8.6/tcl8.6_${finalAttrs.version}+dfsg.orig.tar.gz";
    hash = "sha256-g7znJ344Jd8BeVZ+DYpDHrsaEm31PqSpSvid1N0PJtU=";
  };

  buildInputs = [ zlib ];

  preConfigure = "cd unix";
  # Debian leaves out the packages that come with it.
  installTargets = [
    "install-binaries"
    "install-libraries"
    "install-headers"
  ];
  enableParallelBuilding = true;
  postInstall = "ln -s tclsh8.6 $out/bin/tclsh";

  meta = {
    description = "Tool Command Language";
    homepage = "https://www.tcl.tk/";
    license = lib.licenses.tcltk;
    mainProgram = "tclsh";
    platforms = lib.platforms.linux;
  };
})
