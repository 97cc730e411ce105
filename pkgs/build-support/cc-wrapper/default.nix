/**
  A compiler as builds use it: `cc`, `gcc`, `c++` and `g++` that find the C library, the linker, and
  what the environment names (`NIX_CFLAGS_COMPILE`, `NIX_LDFLAGS`), and the programs of binutils
  beside them.
*/
{ toolchain, system }:
let
  inherit (toolchain)
    binutils
    busybox
    gcc
    gccLibraries
    libc
    loader
    triple
    ;
in
derivation {
  name = "gcc-wrapper-12.2.0";
  inherit system;
  builder = "${busybox}/bin/sh";
  PATH = "${busybox}/bin";
  wrapper = ./cc-wrapper.sh;
  inherit binutils gcc libc;
  libcDev = libc.dev;
  loader = "${libc}/lib/${loader}";
  shell = "${busybox}/bin/sh";
  # Headers of the C library come last: those of C++ lead on to them.
  headers = "-idirafter ${libc.dev}/include";
  cxxRuntime = "-L${gccLibraries}/lib -Wl,-rpath,${gccLibraries}/lib";
  setupHook = ./setup-hook.sh;
  inherit triple;
  args = [
    "-euc"
    ''
      mkdir -p $out/bin $out/nix-support
      wrap() {
        sed -e "s|@program@|$gcc/bin/$2|g" -e "s|@runtime@|$3|g" -e "s|@shell@|$shell|g" \
          -e "s|@headers@|$headers|g" -e "s|@loader@|$loader|g" -e "s|@binutils@|$binutils|g" \
          -e "s|@libcDev@|$libcDev|g" -e "s|@libc@|$libc|g" $wrapper > $out/bin/$1
        chmod +x $out/bin/$1
      }
      wrap gcc gcc ""
      wrap g++ g++ "$cxxRuntime"
      wrap cpp cpp ""
      for name in cc $triple-gcc $triple-cc; do ln -s gcc $out/bin/$name; done
      for name in c++ $triple-g++ $triple-c++; do ln -s g++ $out/bin/$name; done
      for program in ar as ld nm objcopy objdump ranlib readelf size strings strip; do
        ln -s $binutils/bin/$program $out/bin/$program
        ln -s $binutils/bin/$program $out/bin/$triple-$program
      done
      cp $setupHook $out/nix-support/setup-hook
    ''
  ];
}
// {
  pname = "gcc-wrapper";
  version = "12.2.0";
  isGNU = true;
  isClang = false;
  /** What the names of its programs begin with: nothing, for it compiles for where it runs. */
  targetPrefix = "";
  bintools = binutils // {
    inherit libc;
    isGNU = true;
    targetPrefix = "";
  };
  libc_dev = libc.dev;
  /** What is wrapped; `lib` are the libraries of it that programs need when they run. */
  cc = gcc // {
    lib = gccLibraries;
  };
}
