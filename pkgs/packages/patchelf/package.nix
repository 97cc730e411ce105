{
  lib,
  stdenv,
  fetchurl,
  autoreconfHook,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "patchelf";
  version = "0.14.3";

  src = fetchurl {
    urls = [
      "https://github.com/NixOS/patchelf/archive/${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/p/patchelf/patchelf_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-gnqMqRTGlBPxyg2WemN5gKJO3wAKk4Uxp35mMxfIU7s=";
  };

  nativeBuildInputs = [ autoreconfHook ];

  meta = {
    description = "Changes the interpreter and library path of ELF programs";
    homepage = "https://github.com/NixOS/patchelf";
    license = lib.licenses.gpl3Plus;
    mainProgram = "patchelf";
    platforms = lib.platforms.linux;
  };
})
