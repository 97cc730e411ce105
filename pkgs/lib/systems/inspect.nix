/**
  What can be asked about systems: a pattern is a set that the parsed system must match, or a list
  of such, one of which it must match.
*/
{ lib }:
let
  inherit (lib.systems.parse)
    abis
    cpuTypes
    execFormats
    kernelFamilies
    kernels
    significantBytes
    ;
  inherit (lib.systems.inspect) matchAnyAttrs patterns;

  cpu = attrs: { cpu = attrs; };
  family = name: cpu { family = name; };
  familyBits = name: bits: cpu { family = name; inherit bits; };
  kernel = name: { kernel = kernels.${name}; };
  kernelFamily = name: { kernel.families.${name} = kernelFamilies.${name}; };
  execFormat = name: { kernel.execFormat = execFormats.${name}; };
  anyAbi = map (name: { abi = abis.${name}; });
in
{
  # By name, what a parsed system must be.
  patterns = {
    isi686 = cpu cpuTypes.i686;
    isx86_32 = familyBits "x86" 32;
    isx86_64 = familyBits "x86" 64;
    isPower = family "power";
    isPower64 = familyBits "power" 64;
    isAbiElfv1.abi.abi = "elfv1";
    # musl on POWER has only ever used the newer one.
    isAbiElfv2 = [
      { abi.abi = "elfv2"; }
      {
        abi.name = "musl";
        cpu = {
          family = "power";
          bits = 64;
        };
      }
    ];
    isx86 = family "x86";
    isAarch32 = familyBits "arm" 32;
    isArmv7 = map (arch: cpu { inherit arch; }) [
      "armv7-a"
      "armv7"
      "armv7-m"
      "armv7-r"
    ];
    isAarch64 = familyBits "arm" 64;
    isAarch = family "arm";
    isMicroBlaze = family "microblaze";
    isMips = family "mips";
    isMips32 = familyBits "mips" 32;
    isMips64 = familyBits "mips" 64;
    isMips64n32 = familyBits "mips" 64 // { abi.abi = "n32"; };
    isMips64n64 = familyBits "mips" 64 // { abi.abi = "64"; };
    isMmix = family "mmix";
    isRiscV = family "riscv";
    isRiscV32 = familyBits "riscv" 32;
    isRiscV64 = familyBits "riscv" 64;
    isRx = family "rx";
    isSparc = family "sparc";
    isSparc64 = familyBits "sparc" 64;
    isSh4 = family "sh";
    isWasm = family "wasm";
    isMsp430 = family "msp430";
    isVc4 = family "vc4";
    isAvr = family "avr";
    isAlpha = family "alpha";
    isOr1k = family "or1k";
    isM68k = family "m68k";
    isArc = family "arc";
    isS390 = family "s390";
    isS390x = familyBits "s390" 64;
    isLoongArch64 = familyBits "loongarch" 64;
    isJavaScript = cpu cpuTypes.javascript;

    is32bit = cpu { bits = 32; };
    is64bit = cpu { bits = 64; };
    # Pointers of 32 bits, whatever the processor could do.
    isILP32 = [ (familyBits "wasm" 32) ] ++ map (abi: { abi = { inherit abi; }; }) [ "n32" "ilp32" "x32" ];
    isBigEndian = cpu { significantByte = significantBytes.bigEndian; };
    isLittleEndian = cpu { significantByte = significantBytes.littleEndian; };

    isBSD = kernelFamily "bsd";
    isDarwin = kernelFamily "darwin";
    isUnix = [
      (kernelFamily "bsd")
      (kernelFamily "darwin")
    ]
    ++ map kernel [
      "linux"
      "solaris"
      "cygwin"
      "redox"
    ];

    isMacOS = kernel "macos";
    isiOS = kernel "ios";
    isLinux = kernel "linux";
    isSunOS = kernel "solaris";
    isFreeBSD.kernel.name = "freebsd";
    isNetBSD = kernel "netbsd";
    isOpenBSD = kernel "openbsd";
    isWindows = kernel "windows";
    isCygwin = kernel "cygwin";
    isMinGW = kernel "windows" // { abi = abis.gnu; };
    isMsvc = kernel "windows" // { abi = abis.msvc; };
    isWasi = kernel "wasi";
    isRedox = kernel "redox";
    isGhcjs = kernel "ghcjs";
    isGenode = kernel "genode";
    isNone = kernel "none";
    isUefi = [ (kernel "uefi") ];

    isAndroid = anyAbi [ "android" "androideabi" ];
    isGnu = anyAbi [
      "gnuabi64"
      "gnuabin32"
      "gnu"
      "gnueabi"
      "gnueabihf"
      "gnuabielfv1"
      "gnuabielfv2"
    ];
    isMusl = anyAbi [
      "musl"
      "musleabi"
      "musleabihf"
      "muslabin32"
      "muslabi64"
    ];
    isUClibc = anyAbi [
      "uclibc"
      "uclibceabi"
      "uclibceabihf"
    ];
    isEabi.abi.eabi = true;

    # Processors that UEFI knows.
    isEfi =
      map (version: cpu { family = "arm"; inherit version; }) [ "6" "7" "8" ]
      ++ map family [ "riscv" "x86" "loongarch" ];

    isElf = execFormat "elf";
    isMacho = execFormat "macho";
    isPE = execFormat "pe";
  };

  # What an elaborated system must be, beside its parsed name.
  platformPatterns = {
    isStatic = {
      parsed = { };
      isStatic = true;
    };
  };

  /**
    Whether a set matches a pattern.

    # Type
    `({ … } | [ { … } ]) -> { … } -> bool`

    # Example
    ```nix
    lib.systems.inspect.matchAnyAttrs [ { a = 1; } { b = 2; } ] { b = 2; c = 3; }
    => true
    ```
  */
  matchAnyAttrs =
    pattern:
    if builtins.isList pattern then
      attrs: builtins.any (p: lib.matchAttrs p attrs) pattern
    else
      lib.matchAttrs pattern;

  /**
    A pattern of what matches both; patterns must not contradict each other.

    # Type
    `pattern -> pattern -> pattern`

    # Example
    ```nix
    lib.systems.inspect.patternLogicalAnd { cpu.bits = 64; } { cpu.family = "x86"; }
    => { cpu = { bits = 64; family = "x86"; }; }
    ```
  */
  patternLogicalAnd =
    a: b:
    let
      combine = x: y: lib.recursiveUpdateUntil (
        path: l: r:
        if builtins.isAttrs l && builtins.isAttrs r then
          false
        else if l == r then
          true
        else
          throw "patternLogicalAnd: at ${lib.showAttrPath path} one pattern wants ${builtins.toJSON l} and the other ${builtins.toJSON r}."
      ) x y;
      all = builtins.concatMap (x: map (combine x) (lib.toList b)) (lib.toList a);
    in
    if builtins.length all == 1 then builtins.head all else all;

  # The patterns, as functions of a parsed system.
  predicates = lib.mapAttrs (_: matchAnyAttrs) patterns;
}
