{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "bzip2";
  version = "1.0.8";

  src = fetchurl {
    urls = [
      "https://sourceware.org/pub/bzip2/bzip2-${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/b/bzip2/bzip2_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-q1oDF27hBtPw+pDjgdpHjdrkBZGBU8yiSOaCzQxKImk=";
  };

  # It has no configure script, and makes its shared library with a makefile of its own.
  buildPhase = ''
    runHook preBuild
    make -f Makefile-libbz2_so CC=$CC
    make CC=$CC bzip2 bzip2recover libbz2.a
    runHook postBuild
  '';
  installPhase = ''
    runHook preInstall
    make install PREFIX=$out CC=$CC
    cp -a libbz2.so* $out/lib/
    ln -s libbz2.so.1.0 $out/lib/libbz2.so
    ln -sf libbz2.so.1.0 $out/lib/libbz2.so.1
    runHook postInstall
  '';

  meta = {
    description = "High-quality data compression program";
    homepage = "https://sourceware.org/bzip2/";
    license = lib.licenses.bsdOriginal;
    mainProgram = "bzip2";
    platforms = lib.platforms.linux;
  };
})
