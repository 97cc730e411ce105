/**
  Systems' names, taken apart.

  A parsed system has `cpu`, `vendor`, `kernel` and `abi`, each a set with `name` and `_type`.
*/
{ lib }:
let
  inherit (builtins)
    elemAt
    head
    length
    match
    mapAttrs
    ;
  inherit (lib.systems.parse)
    abis
    cpuTypes
    execFormats
    kernelFamilies
    kernelName
    kernels
    mkSkeletonFromList
    mkSystem
    mkSystemFromSkeleton
    significantBytes
    vendors
    ;

  names = import ./names.nix;
  entry =
    type: name: attrs:
    { inherit name; } // attrs // { _type = type; };
  list = type: values: lib.genAttrs values (name: entry type name { });

  isSet = type: x: x._type or null == type;

  find =
    kind: known: name:
    known.${name} or (throw "Unknown ${kind}: ${name}");
  # A version may follow, as in freebsd14 or darwin23.
  findKernel =
    name:
    if kernels ? ${name} then
      kernels.${name}
    else
      let
        versioned = match "(freebsd|netbsd|openbsd|darwin|solaris|ios)([0-9.]+)" name;
        kernel = kernels.${head versioned};
      in
      if versioned == null then
        throw "Unknown kernel: ${name}"
      else
        kernel // { version = lib.toIntBase10 (lib.versions.major (elemAt versioned 1)); };
in
{
  # Processors, vendors, formats of programs, kernels and interfaces, by name.
  significantBytes = list "significant-byte" [ "bigEndian" "littleEndian" ];
  cpuTypes = mapAttrs (
    name: attrs:
    entry "cpu-type" name (
      builtins.removeAttrs attrs [ "significantByte" ]
      // lib.optionalAttrs (attrs.significantByte or "littleEndian" != null) {
        significantByte = significantBytes.${attrs.significantByte or "littleEndian"};
      }
    )
  ) names.cpuTypes;
  vendors = list "vendor" names.vendors;
  execFormats = list "exec-format" names.execFormats;
  kernelFamilies = list "exec-format" [ "bsd" "darwin" ];
  kernels = mapAttrs (
    name: attrs:
    entry "kernel" name (
      builtins.removeAttrs attrs [ "family" ]
      // {
        execFormat = execFormats.${attrs.execFormat};
        families = lib.optionalAttrs (attrs ? family) {
          ${attrs.family} = kernelFamilies.${attrs.family};
        };
      }
    )
  ) names.kernels;
  abis = mapAttrs (entry "abi") names.abis;

  /**
    Whether a value is a parsed system.

    # Type
    `any -> bool`

    # Example
    ```nix
    lib.systems.parse.isSystem (lib.systems.parse.mkSystemFromString "x86_64-linux")
    => true
    ```
  */
  isSystem = isSet "system";

  /**
    A parsed system of its parts.

    # Type
    `{ cpu, vendor, kernel, abi } -> system`

    # Example
    ```nix
    let p = lib.systems.parse; in
    p.doubleFromSystem (p.mkSystem { cpu = p.cpuTypes.x86_64; vendor = p.vendors.unknown; kernel = p.kernels.linux; abi = p.abis.gnu; })
    => "x86_64-linux"
    ```
  */
  mkSystem =
    parts@{
      cpu,
      vendor,
      kernel,
      abi,
    }:
    assert lib.assertMsg (isSet "cpu-type" cpu) "mkSystem: cpu is no processor";
    assert lib.assertMsg (isSet "vendor" vendor) "mkSystem: vendor is no vendor";
    assert lib.assertMsg (isSet "kernel" kernel) "mkSystem: kernel is no kernel";
    assert lib.assertMsg (isSet "abi" abi) "mkSystem: abi is no interface";
    parts // { _type = "system"; };

  /**
    The names in a system's name, by what they are, given the parts between dashes. Parts may be
    missing, and GNU's are not always in order.

    # Type
    `[string] -> { cpu, vendor ? …, kernel, abi ? … }`

    # Example
    ```nix
    lib.systems.parse.mkSkeletonFromList [ "x86_64" "linux" "musl" ]
    => { abi = "musl"; cpu = "x86_64"; kernel = "linux"; vendor = "unknown"; }
    ```
  */
  mkSkeletonFromList =
    parts:
    let
      cpu = head parts;
      second = elemAt parts 1;
      third = elemAt parts 2;
      startsWith = prefixes: text: builtins.any (p: lib.hasPrefix p text) prefixes;
      n = length parts;
    in
    if n == 1 && cpu == "avr" then
      {
        inherit cpu;
        kernel = "none";
        abi = "unknown";
      }
    else if n == 2 then
      if second == "cygwin" then
        {
          inherit cpu;
          kernel = "cygwin";
          abi = "unknown";
        }
      else if second == "windows" then
        {
          inherit cpu;
          kernel = "windows";
          abi = "msvc";
        }
      else if startsWith [ "elf" "eabi" ] second then
        {
          inherit cpu;
          vendor = "unknown";
          kernel = "none";
          abi = second;
        }
      else
        {
          inherit cpu;
          kernel = second;
        }
    else if n == 3 then
      if second == "linux" || builtins.elem third [ "eabi" "eabihf" "elf" "gnu" ] then
        {
          inherit cpu;
          kernel = second;
          abi = third;
          vendor = "unknown";
        }
      else if third == "mingw32" then
        {
          inherit cpu;
          vendor = second;
          kernel = "windows";
          abi = "gnu";
        }
      else if third == "cygwin" then
        {
          inherit cpu;
          vendor = second;
          kernel = "cygwin";
          abi = "unknown";
        }
      else if startsWith [ "freebsd" "netbsd" "openbsd" "genode" "solaris" "darwin" "macos" "ios" "wasi" "redox" "mmixware" "ghcjs" "mingw32" "uefi" "none" "windows" ] third then
        {
          inherit cpu;
          vendor = second;
          kernel = third;
        }
      else
        throw "system string '${lib.concatStringsSep "-" parts}' with 3 components is ambiguous"
    else if n == 4 then
      {
        inherit cpu;
        vendor = second;
        kernel = third;
        abi = elemAt parts 3;
      }
    else
      throw "system string '${lib.concatStringsSep "-" parts}' invalid: has ${toString n} components";

  /**
    A parsed system of names; a missing vendor and interface are those that the rest makes likely.

    # Type
    `{ cpu, vendor ? …, kernel, abi ? … } -> system`

    # Example
    ```nix
    (lib.systems.parse.mkSystemFromSkeleton { cpu = "armv7l"; kernel = "linux"; }).abi.name
    => "gnueabihf"
    ```
  */
  mkSystemFromSkeleton =
    skeleton@{
      cpu,
      kernel,
      ...
    }:
    let
      cpu' = find "CPU type" cpuTypes cpu;
      kernel' = findKernel kernel;
      vendor' =
        if skeleton ? vendor then
          find "vendor" vendors skeleton.vendor
        else if kernel'.families ? darwin then
          vendors.apple
        else if kernel'.name == "windows" || kernel'.name == "cygwin" then
          vendors.pc
        else
          vendors.unknown;
      is32bitArm = cpu'.family == "arm" && cpu'.bits == 32;
      abi' =
        if skeleton ? abi then
          find "ABI" abis skeleton.abi
        else if kernel'.name == "linux" || kernel'.name == "windows" then
          if is32bitArm then
            (if lib.versionAtLeast cpu'.version or "0" "6" then abis.gnueabihf else abis.gnueabi)
          # With the highest byte first, POWER has kept its first interface.
          else if cpu'.name == "powerpc64" then
            abis.gnuabielfv1
          else
            abis.gnu
        else
          abis.unknown;
      ambiguousGnu = abi'.name == "gnu" && kernel'.name == "linux";
    in
    if ambiguousGnu && is32bitArm then
      throw "The \"gnu\" ABI is ambiguous on 32-bit ARM. Use \"gnueabi\" or \"gnueabihf\" instead."
    else if ambiguousGnu && cpu'.name == "powerpc64" then
      throw "The \"gnu\" ABI is ambiguous on big-endian 64-bit PowerPC. Use \"gnuabielfv2\" or \"gnuabielfv1\" instead."
    else if abi'.name == "android" && is32bitArm then
      throw "The \"android\" ABI is not for 32-bit ARM. Use \"androideabi\" instead."
    else
      mkSystem {
        cpu = cpu';
        vendor = vendor';
        kernel = kernel';
        abi = abi';
      };

  /**
    A parsed system of its name, short as `x86_64-linux` or long as `x86_64-unknown-linux-gnu`.

    # Type
    `string -> system`

    # Example
    ```nix
    let s = lib.systems.parse.mkSystemFromString "aarch64-unknown-linux-musl"; in
    [ s.cpu.bits s.kernel.name s.abi.name ]
    => [ 64 "linux" "musl" ]

    lib.systems.parse.mkSystemFromString "z80-linux"
    => error: Unknown CPU type: z80
    ```
  */
  mkSystemFromString = text: mkSystemFromSkeleton (mkSkeletonFromList (lib.splitString "-" text));

  /**
    A kernel's name, with its version if it has one.

    # Type
    `kernel -> string`

    # Example
    ```nix
    lib.systems.parse.kernelName lib.systems.parse.kernels.linux
    => "linux"
    ```
  */
  kernelName = kernel: kernel.name + toString kernel.version or "";

  /**
    The darwin name of a processor.

    # Type
    `cpu -> string`

    # Example
    ```nix
    lib.systems.parse.darwinArch lib.systems.parse.cpuTypes.aarch64
    => "arm64"
    ```
  */
  darwinArch = cpu: if cpu.name == "aarch64" then "arm64" else cpu.name;

  /**
    A system's short name.

    # Type
    `system -> string`

    # Example
    ```nix
    lib.systems.parse.doubleFromSystem (lib.systems.parse.mkSystemFromString "x86_64-apple-darwin")
    => "x86_64-darwin"
    ```
  */
  doubleFromSystem =
    {
      cpu,
      kernel,
      ...
    }:
    if kernel.families ? darwin then
      "${cpu.name}-darwin"
    else
      "${cpu.name}-${kernelName kernel}";

  /**
    A system's long name.

    # Type
    `system -> string`

    # Example
    ```nix
    lib.systems.parse.tripleFromSystem (lib.systems.parse.mkSystemFromString "x86_64-linux")
    => "x86_64-unknown-linux-gnu"
    ```
  */
  tripleFromSystem =
    {
      cpu,
      vendor,
      kernel,
      abi,
      ...
    }:
    "${
      if kernel.families ? darwin then lib.systems.parse.darwinArch cpu else cpu.name
    }-${vendor.name}-${kernelName kernel}${
      # On these NetBSD once had another format of programs.
      lib.optionalString (
        kernel.name == "netbsd" && (cpu.name == "i686" || cpu.name == "m68k" || (cpu.family == "arm" && cpu.bits == 32))
      ) "elf"
    }${lib.optionalString (abi.name != "unknown") "-${abi.name}"}";

  /**
    A system like this one whose programs need no other library of C.

    # Type
    `system -> system`

    # Example
    ```nix
    (lib.systems.parse.mkMuslSystem (lib.systems.parse.mkSystemFromString "x86_64-linux")).abi.name
    => "musl"
    ```
  */
  mkMuslSystem =
    system:
    system
    // {
      abi =
        {
          gnu = abis.musl;
          gnueabi = abis.musleabi;
          gnueabihf = abis.musleabihf;
          gnuabin32 = abis.muslabin32;
          gnuabi64 = abis.muslabi64;
          gnuabielfv1 = abis.musl;
          gnuabielfv2 = abis.musl;
          musl = abis.musl;
          musleabi = abis.musleabi;
          musleabihf = abis.musleabihf;
          muslabin32 = abis.muslabin32;
          muslabi64 = abis.muslabi64;
        }
        .${system.abi.name} or (throw "No musl for the ABI ${system.abi.name}");
    };

  /**
    Whether programs for processor `b` run on processor `a`.

    # Type
    `cpu -> cpu -> bool`

    # Example
    ```nix
    let c = lib.systems.parse.cpuTypes; in
    [ (lib.systems.parse.isCompatible c.x86_64 c.i686) (lib.systems.parse.isCompatible c.i686 c.x86_64) ]
    => [ true false ]
    ```
  */
  isCompatible =
    let
      # Each runs what those after it are for.
      chains = [
        [ "x86_64" "i686" "i586" "i486" "i386" ]
        [ "aarch64" "armv8a" "armv7a" "armv7l" "armv6l" "armv5tel" ]
        [ "aarch64_be" ]
        [ "powerpc64" "powerpc" ]
        [ "powerpc64le" ]
        [ "mips64" "mips" ]
        [ "mips64el" "mipsel" ]
        [ "riscv64" ]
        [ "riscv32" ]
        [ "sparc64" "sparc" ]
        [ "wasm64" ]
        [ "wasm32" ]
        [ "s390x" ]
      ];
      place = name: chain: lib.lists.findFirstIndex (x: x == name) null chain;
    in
    a: b:
    a.name == b.name
    || builtins.any (
      chain:
      let
        i = place a.name chain;
        j = place b.name chain;
      in
      i != null && j != null && i <= j
    ) chains;
}
