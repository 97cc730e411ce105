{
  lib,
  stdenv,
  fetchurl,
  readline,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "lua";
  version = "5.4.4";

  src = fetchurl {
    urls = [
      "https://www.lua.org/ftp/lua-${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/l/lua5.4/lua5.4_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-Fkx4SWU7gK5nvsS3RzuIS/XMjS3KBWU0dewu0nuev2E=";
  };

  buildInputs = [ readline ];

  dontConfigure = true;
  makeFlags = [
    "PLAT=linux-readline"
    "INSTALL_TOP=${placeholder "out"}"
    "INSTALL_MAN=${placeholder "out"}/share/man/man1"
  ];
  # Modules that are loaded find the interpreter's own symbols.
  postPatch = ''
    sed -i 's/^MYLDFLAGS=.*/MYLDFLAGS= -Wl,-E/' src/Makefile
  '';

  meta = {
    description = "Powerful, fast, lightweight, embeddable scripting language";
    homepage = "https://www.lua.org";
    license = lib.licenses.mit;
    mainProgram = "lua";
    platforms = lib.platforms.linux;
  };
})
