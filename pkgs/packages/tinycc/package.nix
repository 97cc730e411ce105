{
  lib,
  fetchurl,
  stdenv,
  toolchain,
}:
let
  version = "0.9.27";
  inherit (toolchain) musl;

  /**
    Compiled by Debian's own tcc, in busybox alone: so a compiler for C is there when a few megabytes
    were fetched. It is static, and what it compiles uses musl.
  */
  tcc = toolchain.run {
    name = "tcc-${version}";
    packages = [
      "libc6"
      "tcc"
    ];
    inherit musl;
    source = fetchurl {
      url = "mirror://debian/pool/main/t/tcc/tcc_${version}+git20200814.62c30a4a.orig.tar.bz2";
      hash = "sha256-1jwRO83WV/UcjuGXoLCiQgNgMxPhmlK19njUCrf13zU=";
    };
    script = ''
      mkdir source
      tar xjf $source -C source
      libraries=$PWD/root/lib/$triple
      debian=$PWD/root/usr
      cd source
      cat > config.h <<EOF
      #define TCC_VERSION "${version}"
      #define CONFIG_TCC_STATIC 1
      #define CONFIG_TCCDIR "$out/lib/tcc"
      #define CONFIG_TCC_SYSINCLUDEPATHS "{B}/include:$musl/include"
      #define CONFIG_TCC_LIBPATHS "{B}:$musl/lib"
      #define CONFIG_TCC_CRTPREFIX "$musl/lib"
      #define CONFIG_TCC_ELFINTERP "$musl/lib/ld-musl-''${system%-linux}.so.1"
      #define CONFIG_LDDIR "lib"
      EOF
      mkdir -p $out/bin $out/lib/tcc $out/share/man/man1
      $libraries/$loader --library-path $libraries $debian/bin/tcc \
        -nostdinc -Iinclude -I$musl/include -I. -DONE_SOURCE=1 -DTCC_TARGET_X86_64 \
        -nostdlib -static -o $out/bin/tcc tcc.c $musl/lib/crt1.o $musl/lib/crti.o \
        $musl/lib/libc.a $debian/lib/$triple/tcc/libtcc1.a $musl/lib/libc.a $musl/lib/crtn.o

      # What code compiled by it calls.
      cp -r include $out/lib/tcc/
      for file in libtcc1.c alloca86_64.S alloca86_64-bt.S va_list.c dsohandle.c; do
        $out/bin/tcc -B. -I. -c lib/$file -o ''${file%.*}.o
      done
      $out/bin/tcc -ar rcs $out/lib/tcc/libtcc1.a \
        libtcc1.o alloca86_64.o alloca86_64-bt.o va_list.o dsohandle.o
      ln -s tcc $out/bin/cc
    '';
  };
in
lib.extendDerivation true {
  pname = "tcc";
  inherit version;
  meta = {
    name = "tcc-${version}";
    description = "Small, fast, and embeddable C compiler and interpreter";
    homepage = "https://bellard.org/tcc/";
    license = lib.licenses.lgpl21Only;
    mainProgram = "tcc";
    platforms = [ "x86_64-linux" ];
    available = stdenv.hostPlatform.isx86_64;
    outputsToInstall = [ "out" ];
  };
} tcc
