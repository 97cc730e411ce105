# Systems that are often built for from another one: what `elaborate` takes.
rec {
  aarch64-android = {
    androidNdkVersion = "27";
    androidSdkVersion = "35";
    config = "aarch64-unknown-linux-android";
    libc = "bionic";
    useAndroidPrebuilt = false;
    useLLVM = true;
  };
  aarch64-android-prebuilt = {
    androidNdkVersion = "27";
    androidSdkVersion = "35";
    config = "aarch64-unknown-linux-android";
    rust = {
      rustcTarget = "aarch64-linux-android";
    };
    useAndroidPrebuilt = true;
  };
  aarch64-darwin = {
    config = "arm64-apple-darwin";
    xcodePlatform = "MacOSX";
  };
  aarch64-embedded = {
    config = "aarch64-none-elf";
    libc = "newlib";
    rust = {
      rustcTarget = "aarch64-unknown-none";
    };
  };
  aarch64-freebsd = {
    config = "aarch64-unknown-freebsd";
    useLLVM = true;
  };
  aarch64-multiplatform = {
    config = "aarch64-unknown-linux-gnu";
  };
  aarch64-multiplatform-musl = {
    config = "aarch64-unknown-linux-musl";
  };
  aarch64-unknown-uefi = {
    config = "aarch64-unknown-uefi";
    libc = null;
    linker = "lld";
    useLLVM = true;
  };
  aarch64-windows = {
    config = "aarch64-pc-windows-msvc";
    useLLVM = true;
  };
  aarch64be-embedded = {
    config = "aarch64_be-none-elf";
    libc = "newlib";
  };
  arc = {
    config = "arc-unknown-linux-gnu";
  };
  arm-embedded = {
    config = "arm-none-eabi";
    libc = "newlib";
  };
  arm-embedded-nano = {
    config = "arm-none-eabi";
    libc = "newlib-nano";
  };
  armhf-embedded = {
    config = "arm-none-eabihf";
    gcc = {
      arch = "armv5t";
      fpu = "vfp";
    };
    libc = "newlib";
  };
  armv5tel-multiplatform = {
    config = "armv5tel-unknown-linux-gnueabi";
  };
  armv7a-android-prebuilt = {
    androidNdkVersion = "27";
    androidSdkVersion = "35";
    config = "armv7a-unknown-linux-androideabi";
    gcc = {
      arch = "armv7-a";
      float-abi = "softfp";
      fpu = "vfpv3-d16";
    };
    rust = {
      rustcTarget = "armv7-linux-androideabi";
    };
    useAndroidPrebuilt = true;
  };
  armv7l-hf-multiplatform = {
    config = "armv7l-unknown-linux-gnueabihf";
  };
  avr = {
    config = "avr";
  };
  ben-nanonote = {
    config = "mipsel-unknown-linux-uclibc";
    gcc = {
      arch = "mips32";
      float = "soft";
    };
  };
  bluefield2 = {
    config = "aarch64-unknown-linux-gnu";
    gcc = {
      arch = "armv8-a+fp+simd+crc+crypto";
    };
  };
  fuloongminipc = {
    config = "mipsel-unknown-linux-gnu";
    gcc = {
      abi = "n32";
      arch = "loongson2f";
      float = "hard";
    };
  };
  ghcjs = {
    config = "javascript-unknown-ghcjs";
  };
  gnu32 = {
    config = "i686-unknown-linux-gnu";
  };
  gnu64 = {
    config = "x86_64-unknown-linux-gnu";
  };
  i686-embedded = {
    config = "i686-elf";
    libc = "newlib";
  };
  iphone64 = {
    config = "arm64-apple-ios";
    darwinSdkVersion = "14.3";
    useiOSPrebuilt = true;
    xcodePlatform = "iPhoneOS";
    xcodeVer = "12.3";
  };
  iphone64-simulator = {
    config = "x86_64-apple-ios";
    darwinPlatform = "ios-simulator";
    darwinSdkVersion = "14.3";
    useiOSPrebuilt = true;
    xcodePlatform = "iPhoneSimulator";
    xcodeVer = "12.3";
  };
  loongarch64-linux = {
    config = "loongarch64-unknown-linux-gnu";
    gcc = {
      arch = "la64v1.0";
      cmodel = "medium";
      strict-align = false;
    };
  };
  loongarch64-linux-embedded = {
    config = "loongarch64-unknown-linux-gnu";
    gcc = {
      arch = "loongarch64";
      cmodel = "medium";
      strict-align = true;
    };
  };
  m68k = {
    config = "m68k-unknown-linux-gnu";
  };
  microblaze-embedded = {
    config = "microblazeel-none-elf";
    libc = "newlib";
  };
  mingw-msvcrt-i686 = {
    config = "i686-w64-mingw32";
    libc = "msvcrt";
  };
  mingw-msvcrt-x86_64 = {
    config = "x86_64-w64-mingw32";
    libc = "msvcrt";
  };
  mingw-ucrt-aarch64 = {
    config = "aarch64-w64-mingw32";
    libc = "ucrt";
    rust = {
      rustcTarget = "aarch64-pc-windows-gnullvm";
    };
    useLLVM = true;
  };
  mingw-ucrt-x86_64 = {
    config = "x86_64-w64-mingw32";
    libc = "ucrt";
  };
  mingw-ucrt-x86_64-llvm = {
    config = "x86_64-w64-mingw32";
    libc = "ucrt";
    rust = {
      rustcTarget = "x86_64-pc-windows-gnullvm";
    };
    useLLVM = true;
  };
  # What these had been called before there were two C libraries of Windows.
  mingw32 = mingw-msvcrt-i686;
  mingwW64 = mingw-msvcrt-x86_64;
  ucrt64 = mingw-ucrt-x86_64;
  ucrtAarch64 = mingw-ucrt-aarch64;

  mips-embedded = {
    config = "mips-none-elf";
    libc = "newlib";
  };
  mips-linux-gnu = {
    config = "mips-unknown-linux-gnu";
    gcc = {
      abi = "32";
      arch = "mips32r2";
    };
  };
  mips64-embedded = {
    config = "mips64-none-elf";
    libc = "newlib";
  };
  mips64-linux-gnuabi64 = {
    config = "mips64-unknown-linux-gnuabi64";
    gcc = {
      abi = "64";
      arch = "mips64r2";
    };
  };
  mips64-linux-gnuabin32 = {
    config = "mips64-unknown-linux-gnuabin32";
    gcc = {
      abi = "n32";
      arch = "mips64r2";
    };
  };
  mips64el-linux-gnuabi64 = {
    config = "mips64el-unknown-linux-gnuabi64";
    gcc = {
      abi = "64";
      arch = "mips64r2";
    };
  };
  mips64el-linux-gnuabin32 = {
    config = "mips64el-unknown-linux-gnuabin32";
    gcc = {
      abi = "n32";
      arch = "mips64r2";
    };
  };
  mipsel-linux-gnu = {
    config = "mipsel-unknown-linux-gnu";
    gcc = {
      abi = "32";
      arch = "mips32r2";
    };
  };
  mmix = {
    config = "mmix-unknown-mmixware";
    libc = "newlib";
  };
  msp430 = {
    config = "msp430-elf";
    libc = "newlib";
  };
  musl-power = {
    config = "powerpc64le-unknown-linux-musl";
  };
  musl32 = {
    config = "i686-unknown-linux-musl";
  };
  musl64 = {
    config = "x86_64-unknown-linux-musl";
  };
  muslpi = {
    config = "armv6l-unknown-linux-musleabihf";
    gcc = {
      arch = "armv6kz";
      fpu = "vfpv2";
    };
  };
  or1k = {
    config = "or1k-elf";
    libc = "newlib";
  };
  powernv = {
    config = "powerpc64le-unknown-linux-gnu";
  };
  ppc-embedded = {
    config = "powerpc-none-eabi";
    libc = "newlib";
  };
  ppc32 = {
    config = "powerpc-unknown-linux-gnu";
    rust = {
      rustcTarget = "powerpc-unknown-linux-gnu";
    };
  };
  ppc64 = {
    config = "powerpc64-unknown-linux-gnuabielfv2";
  };
  ppc64-elfv1 = {
    config = "powerpc64-unknown-linux-gnuabielfv1";
  };
  ppc64-elfv2 = {
    config = "powerpc64-unknown-linux-gnuabielfv2";
  };
  ppc64-musl = {
    config = "powerpc64-unknown-linux-musl";
    gcc = {
      abi = "elfv2";
    };
  };
  ppcle-embedded = {
    config = "powerpcle-none-eabi";
    libc = "newlib";
  };
  raspberryPi = {
    config = "armv6l-unknown-linux-gnueabihf";
    gcc = {
      arch = "armv6kz";
      fpu = "vfpv2";
    };
  };
  remarkable1 = {
    config = "armv7l-unknown-linux-gnueabihf";
    gcc = {
      cpu = "cortex-a9";
      fpu = "neon";
    };
  };
  remarkable2 = {
    config = "armv7l-unknown-linux-gnueabihf";
    gcc = {
      cpu = "cortex-a7";
      float-abi = "hard";
      fpu = "neon-vfpv4";
    };
  };
  riscv32 = {
    config = "riscv32-unknown-linux-gnu";
  };
  riscv32-embedded = {
    config = "riscv32-none-elf";
    libc = "newlib";
  };
  riscv64 = {
    config = "riscv64-unknown-linux-gnu";
  };
  riscv64-embedded = {
    config = "riscv64-none-elf";
    libc = "newlib";
  };
  riscv64-musl = {
    config = "riscv64-unknown-linux-musl";
  };
  rx-embedded = {
    config = "rx-none-elf";
    libc = "newlib";
  };
  s390 = {
    config = "s390-unknown-linux-gnu";
  };
  s390x = {
    config = "s390x-unknown-linux-gnu";
  };
  sh4 = {
    config = "sh4-unknown-linux-gnu";
  };
  vc4 = {
    config = "vc4-elf";
    libc = "newlib";
  };
  wasi32 = {
    config = "wasm32-unknown-wasi";
    useLLVM = true;
  };
  wasm32-unknown-none = {
    config = "wasm32-unknown-none";
    rust = {
      rustcTarget = "wasm32-unknown-unknown";
    };
    useLLVM = true;
  };
  x86_64-cygwin = {
    config = "x86_64-pc-cygwin";
  };
  x86_64-darwin = {
    config = "x86_64-apple-darwin";
    xcodePlatform = "MacOSX";
  };
  x86_64-embedded = {
    config = "x86_64-elf";
    libc = "newlib";
  };
  x86_64-freebsd = {
    config = "x86_64-unknown-freebsd";
    useLLVM = true;
  };
  x86_64-netbsd = {
    config = "x86_64-unknown-netbsd";
  };
  x86_64-netbsd-llvm = {
    config = "x86_64-unknown-netbsd";
    useLLVM = true;
  };
  x86_64-openbsd = {
    config = "x86_64-unknown-openbsd";
    useLLVM = true;
  };
  x86_64-unknown-uefi = {
    config = "x86_64-unknown-uefi";
    libc = null;
    linker = "lld";
    useLLVM = true;
  };
  x86_64-windows = {
    config = "x86_64-pc-windows-msvc";
    useLLVM = true;
  };
}
