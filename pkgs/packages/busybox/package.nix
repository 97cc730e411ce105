{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "busybox";
  version = "1.35.0";

  src = fetchurl {
    urls = [
      "https://busybox.net/downloads/busybox-${finalAttrs.version}.tar.bz2"
      "mirror://debian/pool/main/b/busybox/busybox_${finalAttrs.version}.orig.tar.bz2"
    ];
    hash = "sha256-+u6yRMNaNIozT0pZ5EYm7ocPsHtohNaMEK6LwZ+DppQ=";
  };

  configurePhase = ''
    runHook preConfigure
    make defconfig
    sed -i \
      -e 's|^CONFIG_PREFIX=.*|CONFIG_PREFIX="'$out'"|' \
      -e 's|^CONFIG_TC=y|# CONFIG_TC is not set|' .config
    runHook postConfigure
  '';
  enableParallelBuilding = true;
  # A link for each of its programs.
  postInstall = "rm -f $out/linuxrc";

  meta = {
    description = "Tiny versions of common UNIX utilities in a single small executable";
    homepage = "https://busybox.net/";
    license = lib.licenses.gpl2Only;
    mainProgram = "busybox";
    platforms = lib.platforms.linux;
  };
})
