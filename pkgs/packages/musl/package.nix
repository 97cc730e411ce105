{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "musl";
  version = "1.2.3";

  src = fetchurl {
    urls = [
      "https://musl.libc.org/releases/musl-${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/m/musl/musl_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-fVsLYGJSHkYn4JnkydyCSNMqMChelZt+7Kp4DPjP1KQ=";
  };

  dontDisableStatic = true;
  configureFlags = [
    "--enable-shared"
    "--enable-static"
    "--syslibdir=${placeholder "out"}/lib"
  ];
  # It is what libraries are looked for with.
  NIX_DONT_SET_RPATH = true;
  NIX_NO_SELF_RPATH = true;

  meta = {
    description = "Efficient, small, quality libc";
    homepage = "https://musl.libc.org/";
    license = lib.licenses.mit;
    platforms = lib.platforms.linux;
  };
})
