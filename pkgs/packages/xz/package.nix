{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "xz";
  version = "5.4.1";

  src = fetchurl {
    urls = [
      "https://tukaani.org/xz/xz-${finalAttrs.version}.tar.xz"
      "mirror://debian/pool/main/x/xz-utils/xz-utils_${finalAttrs.version}.orig.tar.xz"
    ];
    hash = "sha256-XZgnqhh1shwoj3iGS7JtJlC0NuqNLK02Tkkh62JmpaU=";
  };

  meta = {
    description = "General-purpose data compression with a high ratio";
    homepage = "https://tukaani.org/xz/";
    license = lib.licenses.publicDomain;
    mainProgram = "xz";
    platforms = lib.platforms.linux;
  };
})
