/**
  Whether a package may be built here: what its `meta` says of it, against what `config` allows.
*/
{ lib, config }:
let
  fromEnvironment = variable: builtins.getEnv variable == "1";

  allowUnfree = config.allowUnfree or false || fromEnvironment "NIXPKGS_ALLOW_UNFREE";
  allowBroken = config.allowBroken or false || fromEnvironment "NIXPKGS_ALLOW_BROKEN";
  allowUnsupportedSystem =
    config.allowUnsupportedSystem or false || fromEnvironment "NIXPKGS_ALLOW_UNSUPPORTED_SYSTEM";
  allowInsecure = fromEnvironment "NIXPKGS_ALLOW_INSECURE";
  allowInsecurePredicate =
    config.allowInsecurePredicate or (
      { name, ... }: lib.elem name (config.permittedInsecurePackages or [ ])
    );
  allowUnfreePredicate = config.allowUnfreePredicate or (_: false);
  blocked = config.blocklistedLicenses or [ ];
  allowed = config.allowlistedLicenses or [ ];

  isFree = license: lib.isString license || license.free or true;
  licensesOf = meta: lib.toList (meta.license or [ ]);

  /** One reason for each thing that is wrong: what it is, and how to have it all the same. */
  problems =
    {
      name,
      meta,
      stdenv,
    }:
    let
      licenses = licensesOf meta;
      isUnfree = !lib.all isFree licenses;
      named = names: lib.any (license: lib.elem license names) licenses;
      package = {
        inherit name meta;
        pname = lib.getName name;
        version = lib.getVersion name;
      };
      vulnerabilities = meta.knownVulnerabilities or [ ];
      supported =
        !(meta ? platforms) && !(meta ? badPlatforms)
        || lib.meta.availableOn stdenv.hostPlatform { inherit meta; };
    in
    lib.optional (isUnfree && !allowUnfree && !allowUnfreePredicate package && !(allowed != [ ] && named allowed)) {
      reason = "has an unfree license (${lib.concatMapStringsSep ", " showLicense licenses})";
      remedy = ''
        a) To allow it once, evaluate impurely with the variable NIXPKGS_ALLOW_UNFREE=1.
        b) To allow it here: import <nixpkgs> { config.allowUnfree = true; }
           or this package alone:
             config.allowUnfreePredicate = pkg: builtins.elem (lib.getName pkg) [ "${lib.getName name}" ];
      '';
    }
    ++ lib.optional (blocked != [ ] && named blocked) {
      reason = "has a blocklisted license (${lib.concatMapStringsSep ", " showLicense licenses})";
      remedy = "Take it out of `config.blocklistedLicenses`.\n";
    }
    ++ lib.optional (meta.broken or false && !allowBroken) {
      reason = "is marked as broken";
      remedy = ''
        a) To allow it once, evaluate impurely with the variable NIXPKGS_ALLOW_BROKEN=1.
        b) To allow it here: import <nixpkgs> { config.allowBroken = true; }
      '';
    }
    ++ lib.optional (!supported && !allowUnsupportedSystem) {
      reason = "is not available on the requested hostPlatform ‘${stdenv.hostPlatform.system}’";
      remedy = ''
        a) To allow it once, evaluate impurely with the variable NIXPKGS_ALLOW_UNSUPPORTED_SYSTEM=1.
        b) To allow it here: import <nixpkgs> { config.allowUnsupportedSystem = true; }
      '';
    }
    ++ lib.optional (vulnerabilities != [ ] && !allowInsecure && !allowInsecurePredicate package) {
      reason = "is marked as insecure";
      remedy = ''
        Known issues:
        ${lib.concatMapStrings (issue: " - ${issue}\n") vulnerabilities}
        a) To allow it once, evaluate impurely with the variable NIXPKGS_ALLOW_INSECURE=1.
        b) To allow it here: import <nixpkgs> { config.permittedInsecurePackages = [ "${name}" ]; }
      '';
    };

  showLicense = license: if lib.isString license then license else "‘${license.shortName or license.fullName or "unknown"}’";
in
{
  inherit problems;

  /** True, or an error that says what is wrong and what to do. */
  handled =
    { name, meta, stdenv }@package:
    let
      found = problems package;
      first = lib.head found;
    in
    if found == [ ] then
      true
    else
      throw ''
        Package ‘${name}’${
          lib.optionalString (meta ? position) " in ${meta.position}"
        } ${first.reason}, refusing to evaluate.

        ${first.remedy}'';
}
