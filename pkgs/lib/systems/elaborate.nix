/**
  All that is known about a system, out of its name.
*/
{ lib }:
let
  inherit (builtins) isString mapAttrs removeAttrs;
  inherit (lib.systems)
    functionNames
    inspect
    parse
    ;

  predicatesOf = parsed: mapAttrs (_: predicate: predicate parsed) inspect.predicates;

  libcOf =
    final:
    if final.isDarwin then
      "libSystem"
    else if final.isCygwin then
      "cygwin"
    else if final.isMinGW || final.isWindows then
      "ucrt"
    else if final.isWasi then
      "wasilibc"
    else if final.isWasm && !final.isLinux then
      null
    else if final.isRedox then
      "relibc"
    else if final.isMusl then
      "musl"
    else if final.isUClibc then
      "uclibc"
    else if final.isAndroid then
      "bionic"
    else if final.isLinux then
      "glibc"
    else if final.isFreeBSD then
      "fblibc"
    else if final.isOpenBSD then
      "oblibc"
    else if final.isNetBSD then
      "nblibc"
    else if final.isAvr then
      "avrlibc"
    else if final.isGhcjs then
      null
    else if final.isNone then
      "newlib"
    else
      "native/impure";

  linuxArchOf =
    final:
    if final.isAarch32 then
      "arm"
    else if final.isAarch64 then
      "arm64"
    else if final.isx86_32 then
      "i386"
    else if final.isx86_64 then
      "x86_64"
    else if final.isMips then
      "mips"
    else if final.isPower then
      "powerpc"
    else if final.isRiscV then
      "riscv"
    else if final.isS390 then
      "s390"
    else if final.isLoongArch64 then
      "loongarch"
    else if final.isMicroBlaze then
      "microblaze"
    else if final.isSh4 then
      "sh"
    else
      final.parsed.cpu.name;

  qemuArchOf =
    final:
    if final.isAarch32 then
      "arm"
    else if final.isMips64n32 then
      "mipsn32${lib.optionalString final.isLittleEndian "el"}"
    else if final.isS390 && !final.isS390x then
      null
    else if final.isx86_64 then
      "x86_64"
    else if final.isx86 then
      "i386"
    else
      {
        powerpc = "ppc";
        powerpc64 = "ppc64";
        powerpc64le = "ppc64le";
        powerpcle = "ppcle";
      }
      .${final.parsed.cpu.name} or final.parsed.cpu.name;

  # The names that compilers of other languages have for processors and kernels.
  goOf = final: {
    GOARCH =
      {
        aarch64 = "arm64";
        arm = "arm";
        armv5tel = "arm";
        armv6l = "arm";
        armv7l = "arm";
        i686 = "386";
        loongarch64 = "loong64";
        mips = "mips";
        mips64el = "mips64le";
        mipsel = "mipsle";
        powerpc64 = "ppc64";
        powerpc64le = "ppc64le";
        riscv64 = "riscv64";
        s390x = "s390x";
        wasm32 = "wasm";
        x86_64 = "amd64";
      }
      .${final.parsed.cpu.name} or null;
    GOOS = if final.isWasi then "wasip1" else final.parsed.kernel.name;
    GOARM = toString (lib.intersectLists [ (final.parsed.cpu.version or "") ] [ "5" "6" "7" ]);
  };
  rustOf =
    final:
    let
      cpu =
        {
          armv7a = "armv7";
          armv7l = "armv7";
          armv6l = "arm";
          armv5tel = "armv5te";
          riscv64 = "riscv64gc";
          i586 = "i586";
        }
        .${final.parsed.cpu.name} or final.parsed.cpu.name;
      inherit (final.parsed) vendor kernel abi;
      vendorName = if vendor.name == "w64" then "pc" else vendor.name;
      target =
        if final.isWasi then
          "${cpu}-wasip1"
        else if final.isDarwin then
          "${cpu}-apple-${if kernel.name == "ios" then "ios" else "darwin"}"
        else
          "${cpu}-${vendorName}-${kernel.name}${
            # Rust leaves out what is not needed to tell systems apart.
            {
              unknown = "";
              elf = "";
              gnuabielfv1 = "-gnu";
              gnuabielfv2 = "-gnu";
            }
            .${abi.name} or "-${abi.name}"
          }";
    in
    {
      platform = {
        arch = if final.isAarch32 then "arm" else if final.isMips64 then "mips64" else final.parsed.cpu.name;
        os = if final.isDarwin then (if final.isiOS then "ios" else "macos") else kernel.name;
        target-family = if final.isWasm then [ "wasm" ] else if final.isUnix then
            [ "unix" ]
          else
            lib.optional final.isWindows "windows";
        vendor = vendorName;
      };
      rustcTarget = target;
      rustcTargetSpec = target;
      cargoShortTarget = target;
      cargoEnvVarTarget = builtins.replaceStrings [ "-" "." ] [ "_" "_" ] (lib.toUpper target);
      isNoStdTarget = !final.isLinux && builtins.any (end: lib.hasSuffix end target) [ "-none" "-eabi" "-eabihf" "-uefi" ];
    };
  nodeOf = final: {
    arch =
      if final.isAarch then
        "arm" + lib.optionalString final.is64bit "64"
      else if final.isx86_64 then
        "x64"
      else if final.isx86_32 then
        "ia32"
      else if final.isMips && final.isLittleEndian then
        "mipsel"
      else if final.isPower then
        "ppc64"
      else
        {
          loongarch64 = "loong64";
          mips = "mips";
          riscv64 = "riscv64";
          s390 = "s390";
          s390x = "s390x";
        }
        .${final.parsed.cpu.name} or null;
    platform =
      if final.isAndroid then
        "android"
      else if final.isWindows || final.isCygwin then
        "win32"
      else if final.isSunOS then
        "sunos"
      else if final.isDarwin then
        "darwin"
      else if final.isLinux || final.isFreeBSD || final.isOpenBSD then
        final.parsed.kernel.name
      else
        null;
  };
  nimOf = final: {
    cpu =
      {
        x86_64 = "amd64";
        aarch64 = "arm64";
        i686 = "i386";
        powerpc64le = "powerpc64el";
      }
      .${final.parsed.cpu.name} or (if final.isAarch32 then "arm" else final.parsed.cpu.name);
    os =
      {
        linux = "Linux";
        darwin = "MacOSX";
        freebsd = "FreeBSD";
        windows = "Windows";
      }
      .${final.parsed.kernel.name} or final.parsed.kernel.name;
  };

  # What a processor can be relied upon to have, as far as GCC's `-march` says.
  features = [
    "aes"
    "avx"
    "avx2"
    "avx512"
    "fma"
    "fma4"
    "lasx"
    "lsx"
    "sse3"
    "sse4_1"
    "sse4_2"
    "sse4_a"
    "ssse3"
  ];
  guaranteed =
    arch:
    {
      "x86-64-v2" = [ "sse3" "ssse3" "sse4_1" "sse4_2" ];
      "x86-64-v3" = [ "sse3" "ssse3" "sse4_1" "sse4_2" "avx" "avx2" "fma" ];
      "x86-64-v4" = [ "sse3" "ssse3" "sse4_1" "sse4_2" "avx" "avx2" "fma" "avx512" ];
      "la64v1.0" = [ "lsx" ];
    }
    .${arch} or [ ];
in
{
  /**
    Everything about a system: of its name, or of a set that says more. What follows from the name
    can be given otherwise in the set.

    The result has, among others, `system`, `config`, `parsed`, a boolean for each of
    `inspect.predicates` (such as `isLinux`), `libc`, `extensions`, `isStatic`, `canExecute`, and
    the names that compilers of other languages have for it.

    # Type
    `(string | { system ? …, config ? …, … }) -> platform`

    # Example
    ```nix
    let p = lib.systems.elaborate "aarch64-linux"; in
    [ p.config p.isAarch64 p.libc p.linuxArch ]
    => [ "aarch64-unknown-linux-gnu" true "glibc" "arm64" ]

    (lib.systems.elaborate { config = "x86_64-unknown-linux-musl"; isStatic = true; }).libc
    => "musl"
    ```
  */
  elaborate =
    systemOrArgs:
    let
      given = if isString systemOrArgs then { system = systemOrArgs; } else systemOrArgs;
      # What was computed before is computed again: something else may have been changed.
      args = if given ? _withoutFunctions then removeAttrs given ([ "_withoutFunctions" ] ++ functionNames) else given;
      # Which of these says what system it is, if there are several.
      parsed =
        if args ? config then
          parse.mkSystemFromString args.config
        else if args ? system then
          parse.mkSystemFromString args.system
        else
          args.parsed;

      defaults =
        predicatesOf parsed
        // {
          inherit parsed;
          system = parse.doubleFromSystem final.parsed;
          config = parse.tripleFromSystem final.parsed;

          libc = libcOf final;
          linker =
            if final.useLLVM then
              "lld"
            else if final.isDarwin then
              "cctools"
            else
              "bfd";
          useLLVM = final.isFreeBSD || final.isOpenBSD;
          # Where the dynamic linker looks on a system that is not NixOS.
          libDir = if final.isLinux then (if final.isx86_64 || final.isMips64 || final.isPower64 then "lib64" else "lib") else null;
          isStatic = final.isWasi || final.isRedox;
          hasSharedLibraries =
            (
              final.isAndroid
              || final.isGnu
              || final.isMusl
              || final.isDarwin
              || final.isSunOS
              || final.isBSD
              || final.isCygwin
              || final.isMinGW
              || final.isWindows
            )
            && !final.isStatic;
          extensions =
            {
              staticLibrary = if final.isWindows then ".lib" else ".a";
              library = if final.isStatic then final.extensions.staticLibrary else final.extensions.sharedLibrary;
              executable = lib.optionalString (final.isWindows || final.isCygwin) ".exe";
            }
            // lib.optionalAttrs final.hasSharedLibraries {
              sharedLibrary =
                if final.isDarwin then
                  ".dylib"
                else if final.isWindows || final.isCygwin then
                  ".dll"
                else
                  ".so";
            };
          uname = {
            # What `uname -s` and `uname -p` print there.
            system =
              {
                linux = "Linux";
                windows = "Windows";
                darwin = "Darwin";
                netbsd = "NetBSD";
                freebsd = "FreeBSD";
                openbsd = "OpenBSD";
                wasi = "Wasi";
                redox = "Redox";
                genode = "Genode";
                cygwin = "CYGWIN_NT";
              }
              .${final.parsed.kernel.name} or null;
            processor =
              if final.isPower64 then
                "ppc64${lib.optionalString final.isLittleEndian "le"}"
              else if final.isPower then
                "ppc"
              else if final.isMips64 then
                "mips64"
              else if final.isDarwin then
                final.darwinArch
              else
                final.parsed.cpu.name;
            # Not before it is known where the program runs.
            release = null;
          };

          linuxArch = linuxArchOf final;
          qemuArch = qemuArchOf final;
          ubootArch = if final.isx86_32 then "x86" else if final.isMips64 then "mips64" else final.linuxArch;
          efiArch =
            if final.isx86_32 then
              "ia32"
            else if final.isx86_64 then
              "x64"
            else if final.isAarch32 then
              "arm"
            else if final.isAarch64 then
              "aa64"
            else
              final.parsed.cpu.name;

          darwinArch = parse.darwinArch final.parsed.cpu;
          darwinPlatform = if final.isMacOS then "macos" else if final.isiOS then "ios" else null;
          darwinSdkVersion = "14.4";
          darwinMinVersion = "14.0";
          darwinMinVersionVariable =
            if final.isMacOS then
              "MACOSX_DEPLOYMENT_TARGET"
            else if final.isiOS then
              "IPHONEOS_DEPLOYMENT_TARGET"
            else
              null;
          androidSdkVersion = null;
          androidNdkVersion = null;
          useAndroidPrebuilt = false;
          useiOSPrebuilt = false;

          # What GCC is told to make programs for, where its own default is something else.
          gcc =
            {
              aarch64 = {
                arch = "armv8-a";
              };
              armv5tel = {
                arch = "armv5te";
              };
              armv6l = {
                arch = "armv6kz";
                fpu = "vfpv2";
              };
              armv7a = {
                arch = "armv7-a";
                fpu = "vfpv3-d16";
              };
              armv7l = {
                arch = "armv7-a";
                fpu = "vfpv3-d16";
              };
            }
            .${final.parsed.cpu.name} or { };
          rustc = { };
          go = goOf final;
          node = nodeOf final;
          nim = nimOf final;

          # Whether programs for another platform run here without help.
          canExecute =
            platform:
            final.isAndroid == platform.isAndroid
            && parse.isCompatible final.parsed.cpu platform.parsed.cpu
            && final.parsed.kernel == platform.parsed.kernel;
          # There are no emulators in this collection: only what can be executed anyway can be
          # "emulated".
          emulatorAvailable = _pkgs: false;
          staticEmulatorAvailable = _pkgs: false;
          emulator = _pkgs: throw "Don't know how to run ${final.config} executables.";
        }
        // lib.genAttrs' features (name: lib.nameValuePair "${name}Support" (builtins.elem name (guaranteed final.gcc.arch or "")));

      final =
        defaults
        // args
        // {
          inherit parsed;
          inherit (defaults) system;
          config = args.config or defaults.config;
          # In parts that can be given one by one.
          rust = lib.recursiveUpdate (rustOf final) args.rust or { };
          _withoutFunctions = removeAttrs final ([ "_withoutFunctions" ] ++ functionNames);
        };
    in
    final;

  /**
    Whether two elaborated systems are the same. They have functions in them, so that `==` would say
    no.

    # Type
    `platform -> platform -> bool`

    # Example
    ```nix
    lib.systems.equals (lib.systems.elaborate "x86_64-linux") (lib.systems.elaborate "x86_64-linux")
    => true
    ```
  */
  equals = a: b: a._withoutFunctions == b._withoutFunctions;

  /**
    The attributes of an elaborated system that are functions.

    # Type
    `[string]`

    # Example
    ```nix
    builtins.elem "canExecute" lib.systems.functionNames
    => true
    ```
  */
  functionNames = [
    "canExecute"
    "emulator"
    "emulatorAvailable"
    "staticEmulatorAvailable"
  ];

  /**
    A system's name or description as a set.

    # Type
    `(string | { … }) -> { … }`

    # Example
    ```nix
    lib.systems.systemToAttrs "x86_64-linux"
    => { system = "x86_64-linux"; }
    ```
  */
  systemToAttrs =
    systemOrArgs: if isString systemOrArgs then { system = systemOrArgs; } else systemOrArgs;
}
