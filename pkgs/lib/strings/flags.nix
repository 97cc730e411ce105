/**
  Arguments of configure scripts and build systems.
*/
{ lib }:
let
  inherit (builtins) isBool isString;
  inherit (lib.strings) cmakeOptionType mesonOption;
in
{
  /**
    `--enable-…` or `--disable-…`.

    # Type
    `bool -> string -> string`

    # Example
    ```nix
    [ (lib.enableFeature true "foo") (lib.enableFeature false "foo") ]
    => [ "--enable-foo" "--disable-foo" ]
    ```
  */
  enableFeature =
    flag: feature:
    assert isBool flag;
    assert isString feature;
    "--${if flag then "enable" else "disable"}-${feature}";

  /**
    `--enable-…=value` or `--disable-…`.

    # Type
    `bool -> string -> string -> string`

    # Example
    ```nix
    [ (lib.enableFeatureAs true "foo" "bar") (lib.enableFeatureAs false "foo" "bar") ]
    => [ "--enable-foo=bar" "--disable-foo" ]
    ```
  */
  enableFeatureAs =
    flag: feature: value:
    lib.enableFeature flag feature + lib.optionalString flag "=${value}";

  /**
    `--with-…` or `--without-…`.

    # Type
    `bool -> string -> string`

    # Example
    ```nix
    [ (lib.withFeature true "foo") (lib.withFeature false "foo") ]
    => [ "--with-foo" "--without-foo" ]
    ```
  */
  withFeature =
    flag: feature:
    assert isBool flag;
    assert isString feature;
    "--with${lib.optionalString (!flag) "out"}-${feature}";

  /**
    `--with-…=value` or `--without-…`.

    # Type
    `bool -> string -> string -> string`

    # Example
    ```nix
    lib.withFeatureAs true "foo" "bar"
    => "--with-foo=bar"
    ```
  */
  withFeatureAs =
    flag: feature: value:
    lib.withFeature flag feature + lib.optionalString flag "=${value}";

  /**
    `-D<feature>:<type>=<value>` for CMake.

    # Type
    `string -> string -> string -> string`

    # Example
    ```nix
    lib.cmakeOptionType "string" "ENGINE" "sdl2"
    => "-DENGINE:STRING=sdl2"

    lib.cmakeOptionType "text" "ENGINE" "sdl2"
    => error: cmakeOptionType: "text" is no type of CMake's; those are BOOL FILEPATH INTERNAL PATH STATIC STRING UNINITIALIZED
    ```
  */
  cmakeOptionType =
    let
      types = [
        "BOOL"
        "FILEPATH"
        "INTERNAL"
        "PATH"
        "STATIC"
        "STRING"
        "UNINITIALIZED"
      ];
    in
    type: feature: value:
    assert isString feature;
    assert isString value;
    lib.throwIfNot (builtins.elem (lib.toUpper type) types)
      "cmakeOptionType: \"${type}\" is no type of CMake's; those are ${lib.concatStringsSep " " types}"
      "-D${feature}:${lib.toUpper type}=${value}";

  /**
    An option of CMake's that is on or off.

    # Type
    `string -> bool -> string`

    # Example
    ```nix
    lib.cmakeBool "ENABLE_STATIC_LIBS" false
    => "-DENABLE_STATIC_LIBS:BOOL=FALSE"
    ```
  */
  cmakeBool =
    feature: flag:
    assert isBool flag;
    cmakeOptionType "bool" feature (if flag then "TRUE" else "FALSE");

  /**
    An option of CMake's that is text.

    # Type
    `string -> string -> string`

    # Example
    ```nix
    lib.cmakeFeature "MODULES" "badblock"
    => "-DMODULES:STRING=badblock"
    ```
  */
  cmakeFeature = cmakeOptionType "string";

  /**
    An option for Meson.

    # Type
    `string -> string -> string`

    # Example
    ```nix
    lib.mesonOption "engine" "opengl"
    => "-Dengine=opengl"
    ```
  */
  mesonOption =
    feature: value:
    assert isString feature;
    assert isString value;
    "-D${feature}=${value}";

  /**
    An option for Meson that is true or false.

    # Type
    `string -> bool -> string`

    # Example
    ```nix
    lib.mesonBool "hardened" true
    => "-Dhardened=true"
    ```
  */
  mesonBool =
    feature: flag:
    assert isBool flag;
    mesonOption feature (lib.boolToString flag);

  /**
    A feature for Meson.

    # Type
    `string -> bool -> string`

    # Example
    ```nix
    lib.mesonEnable "opengl" false
    => "-Dopengl=disabled"
    ```
  */
  mesonEnable =
    feature: flag:
    assert isBool flag;
    mesonOption feature (if flag then "enabled" else "disabled");
}
