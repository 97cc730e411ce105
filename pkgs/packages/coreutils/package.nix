{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "coreutils";
  version = "9.1";

  src = fetchurl {
    urls = [
      "mirror://gnu/coreutils/coreutils-${finalAttrs.version}.tar.xz"
      "mirror://debian/pool/main/c/coreutils/coreutils_${finalAttrs.version}.orig.tar.xz"
    ];
    hash = "sha256-YaH0ENeLp+fzelpPUObRMgrKMzdUhKMlXt3xejhYBCM=";
  };

  # Tests whether it could be built as root, which nobody is here.
  FORCE_UNSAFE_CONFIGURE = 1;
  enableParallelBuilding = true;

  meta = {
    description = "Basic file, shell and text utilities of the GNU system";
    homepage = "https://www.gnu.org/software/coreutils/";
    license = lib.licenses.gpl3Plus;
    platforms = lib.platforms.linux;
  };
})
