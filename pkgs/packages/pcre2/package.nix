{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "pcre2";
  version = "10.42";

  src = fetchurl {
    urls = [
      "https://github.com/PCRE2Project/pcre2/releases/download/pcre2-${finalAttrs.version}/pcre2-${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/p/pcre2/pcre2_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-wztBjjuTbuMVPeLGHMY45+T+MVYCKlx30HEby7nWTx8=";
  };

  configureFlags = [
    "--enable-pcre2-16"
    "--enable-pcre2-32"
    "--enable-jit=auto"
  ];

  meta = {
    description = "Perl Compatible Regular Expressions";
    homepage = "https://www.pcre.org/";
    license = lib.licenses.bsd3;
    platforms = lib.platforms.linux;
  };
})
