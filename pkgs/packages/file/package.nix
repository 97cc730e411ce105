{
  lib,
  stdenv,
  fetchurl,
  zlib,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "file";
  version = "5.44";

  src = fetchurl {
    urls = [
      "https://astron.com/pub/file/file-${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/f/file/file_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-N1HH+6jbyDHLjXzIr/IQNUWbjOUVXviwiAon0ChHXzs=";
  };

  buildInputs = [ zlib ];

  meta = {
    description = "Tells the types of files";
    homepage = "https://darwinsys.com/file";
    license = lib.licenses.bsd2;
    mainProgram = "file";
    platforms = lib.platforms.linux;
  };
})
