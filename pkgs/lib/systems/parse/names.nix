# What there is in a system's name; `parse` makes sets of it with `name` and `_type`.
{
  # Bits and family; byte order, `littleEndian` where nothing is said; `arch` as GCC calls it, and
  # the version of ARM's.
  cpuTypes = {
    aarch64 = {
      bits = 64;
      family = "arm";
      arch = "armv8-a";
      version = "8";
    };
    aarch64_be = {
      bits = 64;
      family = "arm";
      arch = "armv8-a";
      version = "8";
      significantByte = "bigEndian";
    };
    alpha = {
      bits = 64;
      family = "alpha";
    };
    arc = {
      bits = 32;
      family = "arc";
    };
    arm = {
      bits = 32;
      family = "arm";
    };
    arm64 = {
      bits = 64;
      family = "arm";
      arch = "armv8-a";
      version = "8";
      name = "aarch64";
    };
    armv5tel = {
      bits = 32;
      family = "arm";
      arch = "armv5t";
      version = "5";
    };
    armv6l = {
      bits = 32;
      family = "arm";
      arch = "armv6";
      version = "6";
    };
    armv6m = {
      bits = 32;
      family = "arm";
      arch = "armv6-m";
      version = "6";
    };
    armv7a = {
      bits = 32;
      family = "arm";
      arch = "armv7-a";
      version = "7";
    };
    armv7l = {
      bits = 32;
      family = "arm";
      arch = "armv7";
      version = "7";
    };
    armv7m = {
      bits = 32;
      family = "arm";
      arch = "armv7-m";
      version = "7";
    };
    armv7r = {
      bits = 32;
      family = "arm";
      arch = "armv7-r";
      version = "7";
    };
    armv8a = {
      bits = 32;
      family = "arm";
      arch = "armv8-a";
      version = "8";
    };
    armv8m = {
      bits = 32;
      family = "arm";
      arch = "armv8-m";
      version = "8";
    };
    armv8r = {
      bits = 32;
      family = "arm";
      arch = "armv8-a";
      version = "8";
    };
    avr = {
      bits = 8;
      family = "avr";
      significantByte = null;
    };
    i386 = {
      bits = 32;
      family = "x86";
      arch = "i386";
    };
    i486 = {
      bits = 32;
      family = "x86";
      arch = "i486";
    };
    i586 = {
      bits = 32;
      family = "x86";
      arch = "i586";
    };
    i686 = {
      bits = 32;
      family = "x86";
      arch = "i686";
    };
    javascript = {
      bits = 32;
      family = "javascript";
    };
    loongarch64 = {
      bits = 64;
      family = "loongarch";
    };
    m68k = {
      bits = 32;
      family = "m68k";
      significantByte = "bigEndian";
    };
    microblaze = {
      bits = 32;
      family = "microblaze";
      significantByte = "bigEndian";
    };
    microblazeel = {
      bits = 32;
      family = "microblaze";
    };
    mips = {
      bits = 32;
      family = "mips";
      significantByte = "bigEndian";
    };
    mips64 = {
      bits = 64;
      family = "mips";
      significantByte = "bigEndian";
    };
    mips64el = {
      bits = 64;
      family = "mips";
    };
    mipsel = {
      bits = 32;
      family = "mips";
    };
    mmix = {
      bits = 64;
      family = "mmix";
      significantByte = "bigEndian";
    };
    msp430 = {
      bits = 16;
      family = "msp430";
    };
    or1k = {
      bits = 32;
      family = "or1k";
      significantByte = "bigEndian";
    };
    powerpc = {
      bits = 32;
      family = "power";
      significantByte = "bigEndian";
    };
    powerpc64 = {
      bits = 64;
      family = "power";
      significantByte = "bigEndian";
    };
    powerpc64le = {
      bits = 64;
      family = "power";
    };
    powerpcle = {
      bits = 32;
      family = "power";
    };
    riscv32 = {
      bits = 32;
      family = "riscv";
    };
    riscv64 = {
      bits = 64;
      family = "riscv";
    };
    rx = {
      bits = 32;
      family = "rx";
    };
    s390 = {
      bits = 32;
      family = "s390";
      significantByte = "bigEndian";
    };
    s390x = {
      bits = 64;
      family = "s390";
      significantByte = "bigEndian";
    };
    sh4 = {
      bits = 32;
      family = "sh";
    };
    sparc = {
      bits = 32;
      family = "sparc";
      significantByte = "bigEndian";
    };
    sparc64 = {
      bits = 64;
      family = "sparc";
      significantByte = "bigEndian";
    };
    vc4 = {
      bits = 32;
      family = "vc4";
    };
    wasm32 = {
      bits = 32;
      family = "wasm";
    };
    wasm64 = {
      bits = 64;
      family = "wasm";
    };
    x86_64 = {
      bits = 64;
      family = "x86";
      arch = "x86-64";
    };
  };

  vendors = [
    "apple"
    "knuth"
    "none"
    "pc"
    "unknown"
    "w64"
  ];

  execFormats = [
    "aout"
    "elf"
    "macho"
    "pe"
    "unknown"
    "wasm"
  ];

  # The format of programs, and the families that kernels belong to.
  kernels = {
    cygwin = {
      execFormat = "pe";
    };
    darwin = {
      execFormat = "macho";
      family = "darwin";
    };
    freebsd = {
      execFormat = "elf";
      family = "bsd";
    };
    genode = {
      execFormat = "elf";
    };
    ghcjs = {
      execFormat = "unknown";
    };
    ios = {
      execFormat = "macho";
      family = "darwin";
    };
    linux = {
      execFormat = "elf";
    };
    macos = {
      execFormat = "macho";
      family = "darwin";
      name = "darwin";
    };
    mmixware = {
      execFormat = "unknown";
    };
    netbsd = {
      execFormat = "elf";
      family = "bsd";
    };
    none = {
      execFormat = "unknown";
    };
    openbsd = {
      execFormat = "elf";
      family = "bsd";
    };
    redox = {
      execFormat = "elf";
    };
    solaris = {
      execFormat = "elf";
    };
    tvos = {
      execFormat = "macho";
      family = "darwin";
      name = "ios";
    };
    uefi = {
      execFormat = "pe";
    };
    wasi = {
      execFormat = "wasm";
    };
    watchos = {
      execFormat = "macho";
      family = "darwin";
      name = "ios";
    };
    win32 = {
      execFormat = "pe";
      name = "windows";
    };
    windows = {
      execFormat = "pe";
    };
  };

  # How programs call each other and the system: floating point numbers on ARM, the width of
  # pointers on MIPS, the version on POWER.
  abis = {
    android = { };
    androideabi = {
      eabi = true;
    };
    eabi = {
      eabi = true;
      float = "soft";
    };
    eabihf = {
      eabi = true;
      float = "hard";
    };
    elf = { };
    gnu = { };
    gnuabi64 = {
      abi = "64";
    };
    gnuabielfv1 = {
      abi = "elfv1";
    };
    gnuabielfv2 = {
      abi = "elfv2";
    };
    gnuabin32 = {
      abi = "n32";
    };
    gnueabi = {
      eabi = true;
      float = "soft";
    };
    gnueabihf = {
      eabi = true;
      float = "hard";
    };
    msvc = { };
    musl = { };
    muslabi64 = {
      abi = "64";
    };
    muslabin32 = {
      abi = "n32";
    };
    musleabi = {
      eabi = true;
      float = "soft";
    };
    musleabihf = {
      eabi = true;
      float = "hard";
    };
    uclibc = { };
    uclibceabi = {
      eabi = true;
      float = "soft";
    };
    uclibceabihf = {
      eabi = true;
      float = "hard";
    };
    unknown = { };
  };
}
