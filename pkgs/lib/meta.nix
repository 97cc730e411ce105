/**
  What is known about packages: priorities, licences, platforms, programs.
*/
{ lib }:
let
  inherit (builtins) any isString mapAttrs;
  inherit (lib.meta)
    addMetaAttrs
    getExe'
    getLicenseFromSpdxId
    getLicenseFromSpdxIdOr
    hiPrio
    licensesSpdx
    lowPrio
    platformMatch
    setPrio
    ;
in
{
  /**
    A package with more in its `meta`.

    # Type
    `{ … } -> derivation -> derivation`

    # Example
    ```nix
    (lib.addMetaAttrs { description = "b"; } { meta = { description = "a"; homepage = "h"; }; }).meta
    => { description = "b"; homepage = "h"; }
    ```
  */
  addMetaAttrs =
    newAttrs: drv:
    if drv ? overrideAttrs then
      drv.overrideAttrs (old: {
        meta = old.meta or { } // newAttrs;
      })
    else
      drv // { meta = drv.meta or { } // newAttrs; };

  /**
    A set in which every derivation has no builds of its own on the build farm.

    # Type
    `derivation -> derivation`

    # Example
    ```nix
    (lib.dontDistribute { }).meta.hydraPlatforms
    => [ ]
    ```
  */
  dontDistribute = addMetaAttrs { hydraPlatforms = [ ]; };

  /**
    A package with another name.

    # Type
    `string -> derivation -> derivation`

    # Example
    ```nix
    (lib.setName "b" { name = "a"; }).name
    => "b"
    ```
  */
  setName = name: drv: drv // { inherit name; };

  /**
    A package with the name that `updater` makes of its own.

    # Type
    `(string -> string) -> derivation -> derivation`

    # Example
    ```nix
    (lib.updateName (old: old + "-experimental") { name = "a"; }).name
    => "a-experimental"
    ```
  */
  updateName = updater: drv: drv // { name = updater drv.name; };

  /**
    A package with something added to its name, before the version.

    # Type
    `string -> derivation -> derivation`

    # Example
    ```nix
    (lib.appendToName "minimal" { name = "hello-2.10"; }).name
    => "hello-minimal-2.10"
    ```
  */
  appendToName =
    suffix:
    lib.updateName (
      name:
      let
        parsed = builtins.parseDrvName name;
      in
      "${parsed.name}-${suffix}${lib.optionalString (parsed.version != "") "-${parsed.version}"}"
    );

  /**
    Applies `f` to every derivation in a set and in sets within.

    # Type
    `(derivation -> a) -> { … } -> { … }`

    # Example
    ```nix
    lib.mapDerivationAttrset (d: d.name) { a = { type = "derivation"; name = "x"; }; b = 1; }
    => { a = "x"; b = 1; }
    ```
  */
  mapDerivationAttrset =
    f:
    mapAttrs (
      _: value:
      if lib.isDerivation value then
        f value
      else if builtins.isAttrs value then
        lib.mapDerivationAttrset f value
      else
        value
    );

  /**
    The priority of a package that says nothing about it. The lower, the stronger.

    # Type
    `int`

    # Example
    ```nix
    lib.meta.defaultPriority
    => 5
    ```
  */
  defaultPriority = 5;

  /**
    A package with a priority: of two that have a file of the same name in a profile, the one with
    the lower number wins.

    # Type
    `int -> derivation -> derivation`

    # Example
    ```nix
    (lib.setPrio 3 { }).meta.priority
    => 3
    ```
  */
  setPrio = priority: addMetaAttrs { inherit priority; };

  /**
    A package that gives way to others.

    # Type
    `derivation -> derivation`

    # Example
    ```nix
    (lib.lowPrio { }).meta.priority
    => 10
    ```
  */
  lowPrio = setPrio 10;

  /**
    A set of packages that give way to others.

    # Type
    `{ … } -> { … }`

    # Example
    ```nix
    (lib.lowPrioSet { a = { type = "derivation"; }; }).a.meta.priority
    => 10
    ```
  */
  lowPrioSet = lib.mapDerivationAttrset lowPrio;

  /**
    A package that comes before others.

    # Type
    `derivation -> derivation`

    # Example
    ```nix
    (lib.hiPrio { }).meta.priority
    => -10
    ```
  */
  hiPrio = setPrio (-10);

  /**
    A set of packages that come before others.

    # Type
    `{ … } -> { … }`

    # Example
    ```nix
    (lib.hiPrioSet { a = { type = "derivation"; }; }).a.meta.priority
    => -10
    ```
  */
  hiPrioSet = lib.mapDerivationAttrset hiPrio;

  /**
    Whether a platform is what `elem` describes: a system's name, or what must be true of the
    platform or of its `parsed` form.

    # Type
    `platform -> (string | { … }) -> bool`

    # Example
    ```nix
    let linux = lib.systems.elaborate "x86_64-linux"; in
    map (lib.meta.platformMatch linux) [ "x86_64-linux" "x86_64-darwin" lib.systems.inspect.patterns.isLinux ]
    => [ true false true ]
    ```
  */
  platformMatch =
    platform: elem:
    if isString elem then
      platform ? system && elem == platform.system
    else
      lib.matchAttrs (if elem ? parsed then elem else { parsed = elem; }) platform;

  /**
    Whether a package is for a platform, as far as its `meta.platforms` and `meta.badPlatforms` say.

    # Type
    `platform -> derivation -> bool`

    # Example
    ```nix
    let linux = lib.systems.elaborate "x86_64-linux"; in
    [ (lib.meta.availableOn linux { meta.platforms = lib.platforms.linux; }) (lib.meta.availableOn linux { meta.badPlatforms = [ "x86_64-linux" ]; }) ]
    => [ true false ]
    ```
  */
  availableOn =
    platform: pkg:
    (!pkg ? meta.platforms || any (platformMatch platform) pkg.meta.platforms)
    && builtins.all (elem: !platformMatch platform elem) pkg.meta.badPlatforms or [ ];

  /**
    Licences by their identifiers in SPDX's list, in the spelling of that list.

    # Type
    `{ <spdxId> :: license }`

    # Example
    ```nix
    lib.licensesSpdx.MIT == lib.licenses.mit
    => true
    ```
  */
  licensesSpdx = builtins.listToAttrs (
    builtins.concatMap (
      license: lib.optional (license ? spdxId) (lib.nameValuePair license.spdxId license)
    ) (
      # What is in the list under a new name should not be hidden by the old one.
      builtins.sort (a: b: !(a.deprecated or false) && b.deprecated or false) (
        builtins.attrValues lib.licenses
      )
    )
  );

  /**
    The licence with an identifier of SPDX's, in upper or lower case. An unknown one is a warning,
    and a licence of that name.

    # Type
    `string -> license`

    # Example
    ```nix
    lib.getLicenseFromSpdxId "mIt" == lib.licenses.mit
    => true
    ```
  */
  getLicenseFromSpdxId =
    id:
    getLicenseFromSpdxIdOr id (
      lib.warn "getLicenseFromSpdxId: No license matches the given SPDX ID: ${id}" {
        shortName = id;
        spdxId = id;
      }
    );

  /**
    The licence with an identifier of SPDX's, else `default`.

    # Type
    `string -> a -> (license | a)`

    # Example
    ```nix
    lib.getLicenseFromSpdxIdOr "MY LICENSE" null
    => null
    ```
  */
  getLicenseFromSpdxIdOr =
    let
      byLowerCase = lib.mapAttrs' (id: lib.nameValuePair (lib.toLower id)) licensesSpdx;
    in
    id: default: byLowerCase.${lib.toLower id} or default;

  /**
    The path of a package's main program.

    # Type
    `derivation -> string`

    # Example
    ```nix
    lib.getExe { type = "derivation"; outPath = "/store/hello"; name = "hello"; meta.mainProgram = "hi"; }
    => "/store/hello/bin/hi"
    ```
  */
  getExe =
    x:
    getExe' x (
      x.meta.mainProgram or (
        # Most programs are called as their package is; who relies on it should be told.
        lib.warn
          "getExe: Package ${
            lib.strings.escapeNixIdentifier x.meta.name or x.pname or x.name
          } does not have the meta.mainProgram attribute. Its name is taken for the main program's, which is not always right: set `meta.mainProgram`, or say which program is meant with getExe'."
          (lib.getName x)
      )
    );

  /**
    The path of a program of a package.

    # Type
    `derivation -> string -> string`

    # Example
    ```nix
    lib.getExe' { type = "derivation"; outPath = "/store/hello"; } "hi"
    => "/store/hello/bin/hi"
    ```
  */
  getExe' =
    x: program:
    assert lib.assertMsg (lib.isDerivation x)
      "lib.meta.getExe': The first argument is of type ${builtins.typeOf x}, but it should be a derivation instead.";
    assert lib.assertMsg (isString program)
      "lib.meta.getExe': The second argument is of type ${builtins.typeOf program}, but it should be a string instead.";
    assert lib.assertMsg (builtins.length (lib.splitString "/" program) == 1)
      "lib.meta.getExe': The second argument \"${program}\" is a nested path with a \"/\" character, but it should just be the name of the executable instead.";
    "${lib.getBin x}/bin/${program}";

  /**
    The parts of a CPE name for a version, of a vendor.

    # Type
    `string -> string -> { … }`

    # Example
    ```nix
    lib.meta.cpeFullVersionWithVendor "gnu" "1.2.3"
    => { update = "*"; vendor = "gnu"; version = "1.2.3"; }
    ```
  */
  cpeFullVersionWithVendor = vendor: version: {
    inherit vendor version;
    update = "*";
  };
}
