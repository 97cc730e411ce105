/**
  The toolchain that everything else is built with: Debian's own programs, unpacked and made to look
  for their libraries in the store. Each part is a store path of its own, so that what a package needs
  when it runs is the C library and not the compiler.

  Nothing of the machine enters: the same derivations come out everywhere.
*/
{ system }:
let
  platform =
    {
      x86_64-linux = {
        triple = "x86_64-linux-gnu";
        loader = "ld-linux-x86-64.so.2";
      };
      aarch64-linux = {
        triple = "aarch64-linux-gnu";
        loader = "ld-linux-aarch64.so.1";
      };
    }
    .${system} or (throw "there is no toolchain for ${system}, only for x86_64-linux and aarch64-linux");

  busybox = import ./busybox.nix { inherit system; };
  debian = import ./debian { inherit system; };

  /** Runs a shell script, after unpack.sh, in busybox alone. */
  run =
    { name, packages, script, ... }@arguments:
    derivation (
      {
        inherit system;
        inherit (platform) triple loader;
        builder = "${busybox}/bin/sh";
        args = [
          "-euc"
          ''
            . ${./unpack.sh}
            unpack $packages
            ${script}
          ''
        ];
        PATH = "${busybox}/bin";
        packages = map (package: debian.${package}) packages;
      }
      // builtins.removeAttrs arguments [
        "packages"
        "script"
      ]
    );

  /** The C library: what programs need when they run (`out`), and what they are made with (`dev`). */
  libc = run {
    name = "glibc-2.36";
    outputs = [
      "out"
      "dev"
    ];
    packages = [
      "libc6"
      "libc6-dev"
      "linux-libc-dev"
    ];
    script = ''
      gather lib/$triple usr/lib/$triple lib
      rm -rf $out/lib/gconv $out/lib/audit
      mend_links $out/lib

      mkdir -p $dev/lib
      cp -a root/usr/include $dev/include
      cp -a $dev/include/$triple/. $dev/include/
      rm -r $dev/include/$triple
      for link in $(find $out/lib -name '*.so' -type l); do
        ln -s $out/lib/$(basename $(readlink $link)) $dev/lib/
        mv $dev/lib/$(basename $(readlink $link)) $dev/lib/$(basename $link)
        rm $link
      done
      for file in $out/lib/*.o $out/lib/*.a $out/lib/*.so; do
        case "$(head -c 4 "$file" | od -An -tx1)" in
          *"7f 45 4c 46") case "$file" in *.so) continue ;; esac ;;
        esac
        mv "$file" $dev/lib/
      done
      # libc.so and libm.so are scripts for the linker that name files.
      for file in $dev/lib/*; do
        case "$(head -c 16 "$file")" in
          "/* GNU ld script")
            sed -i -E \
              -e "s,(/usr)?/lib(64|/$triple)?/([^ ]*\.(a|so))( |$),$dev/lib/\3\5,g" \
              -e "s,(/usr)?/lib(64|/$triple)?/([^ ]*\.so[0-9.]*),$out/lib/\3,g" "$file"
            ;;
        esac
      done
    '';
  };

  /** Sets interpreters and library paths of programs. It has to begin with itself. */
  patchelf = run {
    name = "patchelf-0.14.3";
    inherit libc;
    packages = [
      "patchelf"
      "libstdc++6"
      "libgcc-s1"
    ];
    script = ''
      gather usr/bin bin
      gather lib/$triple usr/lib/$triple lib
      rm -rf $out/lib/debug
      loader=$libc/lib/$loader
      # What runs must not be what is changed.
      patchelf="$loader --library-path $PWD/root/lib/$triple:$PWD/root/usr/lib/$triple:$libc/lib root/usr/bin/patchelf"
      relocate $libc/lib
    '';
  };

  /** Some packages as one store path; `libraries` are store paths whose lib/ they use. */
  relocated =
    {
      name,
      packages,
      libraries ? [ ],
      script ? "",
    }:
    run {
      inherit name packages;
      libraries = map (library: "${library}/lib") ([ libc ] ++ libraries);
      patchelf = "${patchelf}/bin/patchelf";
      loader = "${libc}/lib/${platform.loader}";
      script = ''
        gather bin usr/bin bin
        gather lib/$triple usr/lib/$triple lib
        mend_links $out
        ${script}
        rmdir $out/lib $out/bin 2> /dev/null || true
        relocate "$(echo $libraries | tr ' ' :)"
      '';
    };

  /** What compiled programs need of the compiler when they run. */
  gccLibraries = relocated {
    name = "gcc-12.2.0-lib";
    packages = [
      "libatomic1"
      "libgcc-s1"
      "libgomp1"
      "libitm1"
      "libstdc++6"
    ];
    script = "rm -rf $out/lib/debug";
  };

  binutils = relocated {
    name = "binutils-2.40";
    packages = [
      "binutils"
      "binutils-<triple>"
      "libbinutils"
      "libctf-nobfd0"
      "libctf0"
      "libjansson4"
      "libzstd1"
      "zlib1g"
    ];
    libraries = [ gccLibraries ];
    script = ''
      rm -f $out/bin/*gprof* $out/bin/*dwp
      for program in $out/bin/$triple-*; do
        ln -sf $(basename $program) $out/bin/''${program##*/$triple-}
      done
    '';
  };

  gcc = relocated {
    name = "gcc-12.2.0";
    packages = [
      "cpp-12"
      "g++-12"
      "gcc-12"
      "libcc1-0"
      "libgcc-12-dev"
      "libgmp10"
      "libisl23"
      "libmpc3"
      "libmpfr6"
      "libstdc++-12-dev"
      "libzstd1"
      "zlib1g"
    ];
    libraries = [ gccLibraries ];
    # gcc finds its parts from where it lies itself.
    script = ''
      own=$out/lib/gcc/$triple/12
      mkdir -p $out/lib/gcc
      cp -a root/usr/lib/gcc/. $out/lib/gcc/
      cp -a root/usr/include $out/include
      rm -rf $own/plugin $own/lib*san* $own/lto-wrapper.debug $own/lib*san.spec
      rm -f $out/bin/*gcov* $out/bin/*lto-dump*
      for library in ${gccLibraries}/lib/lib*.so.*; do
        name=$(basename $library)
        case $name in *.so.*.*) continue ;; esac
        ln -sf $library $own/''${name%%.so.*}.so
      done
      rm -f $own/libgcc_s.so
      echo "GROUP ( ${gccLibraries}/lib/libgcc_s.so.1 -lgcc )" > $own/libgcc_s.so
      for program in cpp g++ gcc gcc-ar gcc-nm gcc-ranlib; do
        ln -sf $triple-$program-12 $out/bin/$program
      done
    '';
  };

  /** A small C library, for programs that need nothing else. */
  musl = run {
    name = "musl-1.2.3";
    packages = [
      "musl"
      "musl-dev"
    ];
    script = ''
      gather usr/lib/$system-musl lib
      cp -L root/lib/$system-musl/libc.so $out/lib/libc.so
      ln -s libc.so $out/lib/ld-musl-''${system%-linux}.so.1
      rm $out/lib/*.specs
      cp -a root/usr/include/$system-musl $out/include
    '';
  };

  selinux = [
    "libpcre2-8-0"
    "libselinux1"
  ];

  /** A program of one package and the libraries that only it uses. */
  tool =
    name: packages: script:
    relocated {
      inherit name packages script;
      libraries = [ gccLibraries ];
    };
in
{
  inherit
    binutils
    busybox
    gcc
    gccLibraries
    libc
    musl
    patchelf
    run
    ;
  inherit (platform) triple loader;

  bash = tool "bash-5.2.15" [
    "bash"
    "libtinfo6"
  ] "ln -s bash $out/bin/sh";
  bzip2 = tool "bzip2-1.0.8" [
    "bzip2"
    "libbz2-1.0"
  ] "";
  coreutils = tool "coreutils-9.1" (
    [
      "coreutils"
      "libacl1"
      "libattr1"
      "libgmp10"
    ]
    ++ selinux
  ) "";
  diffutils = tool "diffutils-3.8" [ "diffutils" ] "";
  findutils = tool "findutils-4.9.0" ([ "findutils" ] ++ selinux) "";
  gawk = tool "gawk-5.2.1" [
    "gawk"
    "libgmp10"
    "libmpfr6"
    "libreadline8"
    "libsigsegv2"
    "libtinfo6"
  ] "ln -sf gawk $out/bin/awk";
  /** To fetch repositories with; without what is written in Perl or Python. */
  git = relocated {
    name = "git-2.39.5";
    packages = [
      "git"
      "libbrotli1"
      "libcom-err2"
      "libcurl3-gnutls"
      "libffi8"
      "libgmp10"
      "libgnutls30"
      "libgssapi-krb5-2"
      "libhogweed6"
      "libidn2-0"
      "libk5crypto3"
      "libkeyutils1"
      "libkrb5-3"
      "libkrb5support0"
      "libldap-2.5-0"
      "libnettle8"
      "libnghttp2-14"
      "libp11-kit0"
      "libpcre2-8-0"
      "libpsl5"
      "librtmp1"
      "libsasl2-2"
      "libssh2-1"
      "libssl3"
      "libtasn1-6"
      "libunistring2"
      "libzstd1"
      "zlib1g"
    ];
    # It knows only Debian's directories by itself.
    script = ''
      programs=$out/libexec/git-core
      mkdir -p $out/libexec $out/share
      cp -a root/usr/lib/git-core $programs
      mkdir -p $out/share/git-core
      cp -a root/usr/share/git-core/templates $out/share/git-core/
      for file in $(find $programs -type f); do
        case "$(head -n1 "$file" | tr -d '\0')" in *perl* | *python*) rm "$file" ;; esac
      done
      cd $programs
      rm -rf git-daemon git-http-push git-imap-send git-instaweb *tool* git-web* scalar
      cd - > /dev/null
      find $out/lib -mindepth 1 -maxdepth 1 -type d -exec rm -r {} +
      rm -f $out/bin/* $out/lib/libbrotlienc* $out/lib/libssl.so*
      for link in $(find $programs -type l); do
        if [ ! -e $link ]; then ln -sf git $link; fi
      done
      cat > $out/bin/git <<EOF
      #!${busybox}/bin/sh
      GIT_EXEC_PATH=$programs GIT_TEMPLATE_DIR=$out/share/git-core/templates exec $programs/git "\$@"
      EOF
      chmod +x $out/bin/git
    '';
  };
  gnugrep = tool "gnugrep-3.8" [
    "grep"
    "libpcre2-8-0"
  ] "";
  gnumake = tool "gnumake-4.3" [ "make" ] "";
  gnupatch = tool "patch-2.7.6" [ "patch" ] "";
  gnused = tool "gnused-4.9" ([
    "libacl1"
    "libattr1"
    "sed"
  ] ++ selinux) "";
  gnutar = tool "gnutar-1.34" ([
    "libacl1"
    "libattr1"
    "tar"
  ] ++ selinux) "";
  gzip = tool "gzip-1.12" [ "gzip" ] "";
  /** For what is made from JSON before jq itself can be built. */
  jq = tool "jq-1.6" [
    "jq"
    "libjq1"
    "libonig5"
  ] "";
  /** For what writes configure scripts: autoconf and its like. */
  perl = relocated {
    name = "perl-5.36.0";
    packages = [
      "libcrypt1"
      "libperl5.36"
      "perl-base"
      "perl-modules-5.36"
    ];
    # It knows only Debian's directories by itself.
    script = ''
      modules=$out/lib/perl5
      mkdir -p $modules
      for directory in $out/lib/perl-base $out/lib/perl/5.36* root/usr/share/perl/5.36*; do
        if [ -d $directory ] && [ ! -L $directory ]; then cp -a $directory/. $modules/; fi
      done
      rm -rf $out/lib/perl-base $out/lib/perl $out/bin/perl5* $out/lib/libdb* $modules/unicore/*.txt
      mv $out/bin/perl $out/bin/.perl
      cat > $out/bin/perl <<EOF
      #!${busybox}/bin/sh
      PERL5LIB=\''${PERL5LIB:+\$PERL5LIB:}$modules exec $out/bin/.perl "\$@"
      EOF
      chmod +x $out/bin/perl
    '';
  };
  xz = tool "xz-5.4.1" [
    "liblzma5"
    "xz-utils"
  ] "";
}
