{
  lib,
  stdenv,
  fetchurl,
  attr,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "acl";
  version = "2.3.1";

  src = fetchurl {
    urls = [
      "mirror://savannah/acl/acl-${finalAttrs.version}.tar.xz"
      "mirror://debian/pool/main/a/acl/acl_${finalAttrs.version}.orig.tar.xz"
    ];
    hash = "sha256-wCNAQuF/ETBsI8A4sI5eBw7be+RL72aX+4c03P8cZrE=";
  };

  buildInputs = [ attr ];

  meta = {
    description = "Library and tools for access control lists";
    homepage = "https://savannah.nongnu.org/projects/acl";
    license = lib.licenses.gpl2Plus;
    platforms = lib.platforms.linux;
  };
})
