{
  lib,
  stdenv,
  fetchurl,
  m4,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "flex";
  version = "2.6.4";

  src = fetchurl {
    urls = [
      "https://github.com/westes/flex/releases/download/v${finalAttrs.version}/flex-${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/f/flex/flex_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-6HquAyvwfCb4WsDtMlCZjDdiHZX4vXSLMfFbM8Re6ZU=";
  };

  nativeBuildInputs = [ m4 ];
  propagatedBuildInputs = [ m4 ];

  # It looks for what it declares itself.
  ac_cv_func_malloc_0_nonnull = "yes";
  ac_cv_func_realloc_0_nonnull = "yes";
  NIX_CFLAGS_COMPILE = "-D_GNU_SOURCE";

  meta = {
    description = "Fast lexical analyser generator";
    homepage = "https://github.com/westes/flex";
    license = lib.licenses.bsd2;
    mainProgram = "flex";
    platforms = lib.platforms.linux;
  };
})
