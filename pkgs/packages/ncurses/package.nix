{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "ncurses";
  version = "6.4";

  src = fetchurl {
    urls = [
      "mirror://gnu/ncurses/ncurses-${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/n/ncurses/ncurses_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-aTEoPZrIfFBz8wtikMTHXyFjK7T8NgOsgQCBK+0kgVk=";
  };

  configureFlags = [
    "--with-shared"
    "--without-debug"
    "--without-ada"
    "--enable-widec"
    "--enable-pc-files"
    "--with-pkg-config-libdir=${placeholder "out"}/lib/pkgconfig"
    "--with-manpage-format=normal"
  ];

  # The shell of a sandbox is busybox, which takes its own `ar` for any other. This configure script is too
  # old to look for a better shell itself.
  postPatch = "patchShebangs configure";
  # Left to itself it has archives hold times.
  cf_cv_ar_flags = "-crv";

  # Who asks for the library without wide characters gets the one with them.
  postInstall = ''
    for library in ncurses form panel menu; do
      ln -s lib''${library}w.so $out/lib/lib$library.so
    done
    ln -s libncursesw.so $out/lib/libcurses.so
    ln -s libncursesw.so $out/lib/libtinfo.so
    ln -s ncursesw $out/include/ncurses
    for header in $out/include/ncursesw/*.h; do ln -s ncursesw/$(basename $header) $out/include/; done
  '';

  meta = {
    description = "Library for text interfaces that every terminal shows";
    homepage = "https://www.gnu.org/software/ncurses/";
    license = lib.licenses.mit;
    platforms = lib.platforms.linux;
  };
})
