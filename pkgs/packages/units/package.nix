{
  lib,
  stdenv,
  fetchurl,
  readline,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "units";
  version = "2.22";

  src = fetchurl {
    urls = [
      "mirror://gnu/units/units-${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/u/units/units_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-XRPhIHch/ncm2Qa6HZLcDt2qn8JnWe0i47jRp5MSWEg=";
  };

  buildInputs = [ readline ];

  meta = {
    description = "Converts units of measurement";
    homepage = "https://www.gnu.org/software/units/";
    license = lib.licenses.gpl3Plus;
    mainProgram = "units";
    platforms = lib.platforms.linux;
  };
})
