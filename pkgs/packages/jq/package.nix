{
  lib,
  stdenv,
  fetchurl,
  autoreconfHook,
  oniguruma,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "jq";
  version = "1.6";

  src = fetchurl {
    url = "mirror://debian/pool/main/j/jq/jq_${finalAttrs.version}.orig.tar.gz";
    hash = "sha256-O6lAuXVxyGaSPwQJZ4Az0ztamHWN/BdPrYOX7ZCLxNk=";
  };

  # It would ask git.
  postPatch = "echo 'echo ${finalAttrs.version}' > scripts/version";

  nativeBuildInputs = [ autoreconfHook ];

  buildInputs = [ oniguruma ];

  meta = {
    description = "Lightweight and flexible command-line JSON processor";
    homepage = "https://jqlang.github.io/jq/";
    license = lib.licenses.mit;
    mainProgram = "jq";
    platforms = lib.platforms.linux;
  };
})
