{
  lib,
  stdenv,
  fetchurl,
  autoreconfHook,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "jansson";
  version = "2.14";

  src = fetchurl {
    urls = [
      "https://github.com/akheron/jansson/archive/v${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/j/jansson/jansson_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-xzlXi/a3ZKoHUtuaL9rc/pIcePEijH7Au0f6gExV0Xs=";
  };

  nativeBuildInputs = [ autoreconfHook ];

  meta = {
    description = "C library for encoding, decoding and manipulating JSON";
    homepage = "https://github.com/akheron/jansson";
    license = lib.licenses.mit;
    platforms = lib.platforms.linux;
  };
})
