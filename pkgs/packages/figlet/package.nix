{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "figlet";
  version = "2.2.5";

  src = fetchurl {
    urls = [
      "ftp://ftp.figlet.org/pub/figlet/program/unix/figlet-${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/f/figlet/figlet_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-v4jED9Dwd9qycS9U+NOayVLk6fLhiC8Rlb6eXkJXQX0=";
  };

  dontConfigure = true;
  makeFlags = [
    "prefix=${placeholder "out"}"
    "CC=gcc"
    "LD=gcc"
    "DEFAULTFONTDIR=${placeholder "out"}/share/figlet"
  ];

  meta = {
    description = "Makes large letters out of ordinary text";
    homepage = "http://www.figlet.org/";
    license = lib.licenses.bsd3;
    mainProgram = "figlet";
    platforms = lib.platforms.linux;
  };
})
