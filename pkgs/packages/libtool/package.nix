{
  lib,
  stdenv,
  fetchurl,
  m4,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "libtool";
  version = "2.4.7";

  src = fetchurl {
    url = "mirror://debian/pool/main/libt/libtool/libtool_${finalAttrs.version}.orig.tar.xz";
    hash = "sha256-3WN+JwQ5sgiQfO6tPxY0cO0s5XI++X/72mRjxktXEoo=";
  };

  nativeBuildInputs = [ m4 ];
  # Its manual pages are there already.
  makeFlags = [ "HELP2MAN=true" ];
  propagatedBuildInputs = [ m4 ];
  # The script that is there to be called as it is (`bin/libtool`) asks its user's compiler for files; as it was
  # made it would hold the paths of them, and with them the compiler.
  postInstall = ''
    sed -i -E \
      -e 's,^(sys_lib_search_path_spec|compiler_lib_search_(dirs|path))=.*,\1="",' \
      -e '/^(pre|post)dep_objects=/s,/nix/store/[^ "]*/([a-zA-Z]+\.o),$(g++ -print-file-name=\1),g' \
      $out/bin/libtool
  '';

  meta = {
    description = "Generic support for shared libraries";
    homepage = "https://www.gnu.org/software/libtool/";
    license = lib.licenses.gpl2Plus;
    mainProgram = "libtool";
    platforms = lib.platforms.linux;
  };
})
