{
  lib,
  stdenv,
  fetchurl,
  autoreconfHook,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "libsodium";
  version = "1.0.18";

  src = fetchurl {
    urls = [
      "https://github.com/jedisct1/libsodium/archive/${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/libs/libsodium/libsodium_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-1ZMjxrcSoVGaXa9xC2j15/3lcECEX/7FOFCRHxCl1PQ=";
  };

  nativeBuildInputs = [ autoreconfHook ];

  meta = {
    description = "Modern and easy-to-use crypto library";
    homepage = "https://doc.libsodium.org/";
    license = lib.licenses.isc;
    platforms = lib.platforms.linux;
  };
})
