{
  lib,
  stdenv,
  fetchurl,
  autoreconfHook,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "libyaml";
  version = "0.2.5";

  src = fetchurl {
    urls = [
      "https://github.com/yaml/libyaml/archive/${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/liby/libyaml/libyaml_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-+iQNvyYr4FPziYAG1QLVFJNsgY5CKv3PM5IcY77Zvy4=";
  };

  nativeBuildInputs = [ autoreconfHook ];

  meta = {
    description = "YAML 1.1 parser and emitter";
    homepage = "https://pyyaml.org/wiki/LibYAML";
    license = lib.licenses.mit;
    platforms = lib.platforms.linux;
  };
})
