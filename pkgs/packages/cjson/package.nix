{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "cjson";
  version = "1.7.15";

  src = fetchurl {
    urls = [
      "https://github.com/DaveGamble/cJSON/archive/v${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/c/cjson/cjson_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-Uwj9S9kM73qgYFWFFN5qGkoIGZdKJubtE5c8X2JMJLI=";
  };

  dontConfigure = true;
  makeFlags = [
    "PREFIX=${placeholder "out"}"
    "CC=gcc"
  ];

  meta = {
    description = "Ultralightweight JSON parser in ANSI C";
    homepage = "https://github.com/DaveGamble/cJSON";
    license = lib.licenses.mit;
    platforms = lib.platforms.linux;
  };
})
