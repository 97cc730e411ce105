{
  lib,
  stdenv,
  fetchurl,
  autoreconfHook,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "oniguruma";
  version = "6.9.8";

  src = fetchurl {
    urls = [
      "https://github.com/kkos/oniguruma/archive/v${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/libo/libonig/libonig_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-JjcnILq2czyGmp62k3f3OXETjcXj7/SoH1uorqVDX7I=";
  };

  nativeBuildInputs = [ autoreconfHook ];

  meta = {
    description = "Regular expressions library";
    homepage = "https://github.com/kkos/oniguruma";
    license = lib.licenses.bsd2;
    platforms = lib.platforms.linux;
  };
})
