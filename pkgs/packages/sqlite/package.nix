{
  lib,
  stdenv,
  fetchurl,
  readline,
  tcl,
  zlib,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "sqlite";
  version = "3.40.1";

  # The whole source: its own amalgamation into one file is made here.
  src = fetchurl {
    url = "mirror://debian/pool/main/s/sqlite3/sqlite3_${finalAttrs.version}.orig.tar.xz";
    hash = "sha256-qqd2Jgq03Jdts0qniRgZSEyGdrWyeDEj68YwHiyl1lU=";
  };

  outputs = [
    "bin"
    "dev"
    "out"
  ];

  nativeBuildInputs = [ tcl ];
  buildInputs = [
    readline
    zlib
  ];

  configureFlags = [
    "--enable-threadsafe"
    "--disable-tcl"
    "--with-readline-inc=-I${lib.getDev readline}/include"
  ];
  NIX_CFLAGS_COMPILE = toString [
    "-DSQLITE_ENABLE_COLUMN_METADATA"
    "-DSQLITE_ENABLE_DBSTAT_VTAB"
    "-DSQLITE_ENABLE_FTS3"
    "-DSQLITE_ENABLE_FTS5"
    "-DSQLITE_ENABLE_JSON1"
    "-DSQLITE_ENABLE_MATH_FUNCTIONS"
    "-DSQLITE_ENABLE_RTREE"
    "-DSQLITE_ENABLE_UNLOCK_NOTIFY"
  ];

  meta = {
    description = "Self-contained, serverless, zero-configuration, transactional SQL database engine";
    homepage = "https://www.sqlite.org/";
    license = lib.licenses.publicDomain;
    mainProgram = "sqlite3";
    platforms = lib.platforms.linux;
  };
})
