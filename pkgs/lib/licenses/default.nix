/**
  Licences, for `meta.license`: what they are called, and whether software under them is free and
  may be passed on.

  A licence has `shortName`, `fullName`, `free`, `redistributable`, `deprecated`, and mostly
  `spdxId` and `url`.
*/
{ lib }:
let
  # Software under these is not free.
  unfree = [
    "acsl14"
    "activision"
    "aladdin"
    "amazonsl"
    "amd"
    "bsl11"
    "cc-by-nc-30"
    "cc-by-nc-40"
    "cc-by-nc-nd-30"
    "cc-by-nc-nd-40"
    "cc-by-nc-sa-20"
    "cc-by-nc-sa-25"
    "cc-by-nc-sa-30"
    "cc-by-nc-sa-40"
    "cc-by-nd-30"
    "cc-by-nd-40"
    "cockroachdb-community-license"
    "commons-clause"
    "databricks"
    "databricks-dbx"
    "databricks-license"
    "eapl"
    "elastic20"
    "enpl"
    "epson"
    "fairsource09"
    "ffsl"
    "fsl11Asl20"
    "fsl11Mit"
    "geogebra"
    "hl3"
    "inria-compcert"
    "inria-icesl"
    "inria-zelus"
    "intel-eula"
    "issl"
    "json"
    "lens"
    "nasa13"
    "ncbiPd"
    "ncul1"
    "netboxLimitedUse"
    "nvidiaCuda"
    "nvidiaCudaRedist"
    "obsidian"
    "ocamlpro_nc"
    "postman"
    "prosperity30"
    "sfl"
    "sspl"
    "sustainableUse"
    "teamspeak"
    "tsl"
    "unfree"
    "unfreeRedistributable"
    "virtualbox-puel"
    "watcom"
  ];

  # Of these, what may be passed on nevertheless.
  redistributable = [
    "bsl11"
    "enpl"
    "fairsource09"
    "fsl11Asl20"
    "fsl11Mit"
    "hl3"
    "ncul1"
    "nvidiaCudaRedist"
    "sfl"
    "sspl"
    "teamspeak"
    "unfreeRedistributable"
    "watcom"
  ];

  # Identifiers that SPDX no longer wants to be used: they do not say whether later versions are
  # meant.
  deprecated = [
    "apsl10"
    "apsl20"
    "gpl2"
    "gpl3"
    "lgpl2"
    "lgpl21"
    "lgpl3"
  ];

  # Two names for one thing.
  shortNames = {
    ecl20 = "ECL 2.0";
    nvidiaCuda = "CUDA EULA";
    nvidiaCudaRedist = "CUDA EULA";
    tsl = "TSL";
  };

  describe =
    name: facts:
    let
      free = !isUnfree ? ${name};
    in
    {
      licenseType = "simple";
      shortName = shortNames.${name} or name;
      inherit free;
      redistributable = free || mayBePassedOn ? ${name};
      deprecated = isDeprecated ? ${name};
    }
    // facts;
  setOf = names: lib.genAttrs names (_: null);
  isUnfree = setOf unfree;
  mayBePassedOn = setOf redistributable;
  isDeprecated = setOf deprecated;

  fromSpdx =
    name: facts:
    let
      spdxId = builtins.elemAt facts 0;
    in
    describe name {
      inherit spdxId;
      fullName = builtins.elemAt facts 1;
      url = "https://spdx.org/licenses/${spdxId}.html";
    };
  fromElsewhere =
    name: facts:
    describe name (
      { fullName = builtins.elemAt facts 0; }
      // lib.optionalAttrs (builtins.length facts > 1) { url = builtins.elemAt facts 1; }
    );
in
builtins.mapAttrs fromSpdx (import ./spdx.nix)
// builtins.mapAttrs fromElsewhere (import ./other.nix)
// import ./expressions.nix { inherit lib; }
