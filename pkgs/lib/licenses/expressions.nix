/**
  Several licences in one expression, as SPDX has them.
*/
{ lib }:
let
  inherit (lib.licenses) evaluateProperty toSPDX;

  compound = operator: licenses: {
    licenseType = "compound";
    inherit operator licenses;
  };
in
{
  /**
    All of these licences apply.

    # Type
    `[license] -> license`

    # Example
    ```nix
    lib.licenses.toSPDX (lib.licenses.AND [ lib.licenses.mit lib.licenses.isc ])
    => "MIT AND ISC"
    ```
  */
  AND = compound "AND";

  /**
    Any one of these licences can be chosen.

    # Type
    `[license] -> license`

    # Example
    ```nix
    lib.licenses.toSPDX (lib.licenses.OR [ lib.licenses.mit (lib.licenses.AND [ lib.licenses.gpl2Only lib.licenses.isc ]) ])
    => "MIT OR (GPL-2.0-only AND ISC)"
    ```
  */
  OR = compound "OR";

  /**
    A licence with an exception.

    # Type
    `license -> license -> license`

    # Example
    ```nix
    (lib.licenses.WITH lib.licenses.gpl2Only lib.licenses.llvm-exception).operator
    => "WITH"
    ```
  */
  WITH = license: exception: {
    licenseType = "exception";
    operator = "WITH";
    inherit license exception;
  };

  /**
    A licence or any later version of it.

    # Type
    `license -> license`

    # Example
    ```nix
    lib.licenses.toSPDX (lib.licenses.PLUS lib.licenses.gpl2Only)
    => "GPL-2.0-only+"
    ```
  */
  PLUS = license: {
    licenseType = "plus";
    operator = "+";
    inherit license;
  };

  /**
    Whether something is true of an expression, given what is true of licences.

    # Inputs
    - `predicate`: says it of a licence
    - `all`: true asks for all licences that apply together, and for one of those to choose from;
      false for one of those that apply together, and for all of those to choose from
    - `license`: the expression

    # Type
    `(license -> bool) -> bool -> license -> bool`

    # Example
    ```nix
    lib.licenses.evaluateProperty (l: l.free) true (lib.licenses.OR [ lib.licenses.mit lib.licenses.unfree ])
    => true
    ```
  */
  evaluateProperty =
    predicate: all: license:
    let
      kind = license.licenseType or "simple";
      inner = evaluateProperty predicate all;
      ofAll = if all then builtins.all inner else builtins.any inner;
      ofAny = if all then builtins.any inner else builtins.all inner;
    in
    if kind == "compound" then
      (if license.operator == "OR" then ofAny else ofAll) license.licenses
    else if kind == "exception" then
      ofAll [
        license.license
        license.exception
      ]
    else if kind == "plus" then
      inner license.license
    else
      predicate license;

  /**
    `evaluateProperty` for an attribute of licences.

    # Type
    `string -> bool -> license -> bool`

    # Example
    ```nix
    lib.licenses.evaluateNamedProperty "redistributable" true lib.licenses.unfree
    => false
    ```
  */
  evaluateNamedProperty = name: evaluateProperty (license: license.${name});

  /**
    Whether software under an expression is free.

    # Type
    `license -> bool`

    # Example
    ```nix
    lib.licenses.isFree (lib.licenses.AND [ lib.licenses.mit lib.licenses.unfree ])
    => false
    ```
  */
  isFree = lib.licenses.evaluateNamedProperty "free" true;

  /**
    Whether software under an expression may be passed on.

    # Type
    `license -> bool`

    # Example
    ```nix
    lib.licenses.isRedistributable lib.licenses.unfreeRedistributable
    => true
    ```
  */
  isRedistributable = lib.licenses.evaluateNamedProperty "redistributable" true;

  /**
    Whether one of these licences applies, whatever is chosen.

    # Type
    `[license] -> license -> bool`

    # Example
    ```nix
    lib.licenses.containsLicenses [ lib.licenses.mit ] (lib.licenses.AND [ lib.licenses.mit lib.licenses.isc ])
    => true
    ```
  */
  containsLicenses = licenses: evaluateProperty (license: builtins.elem license licenses) false;

  /**
    An expression as SPDX writes it.

    # Type
    `license -> string`

    # Example
    ```nix
    lib.licenses.toSPDX lib.licenses.unfree
    => "LicenseRef-nixos-unfree"
    ```
  */
  toSPDX =
    license:
    let
      kind = license.licenseType or "simple";
      isWords = l: builtins.elem (l.licenseType or "simple") [ "compound" "exception" ];
      part = l: if isWords l then "(${toSPDX l})" else toSPDX l;
    in
    if kind == "compound" then
      lib.concatMapStringsSep " ${license.operator} " part license.licenses
    else if kind == "exception" then
      "${part license.license} WITH ${part license.exception}"
    else if kind == "plus" then
      "${part license.license}+"
    else
      license.spdxId or "LicenseRef-nixos-${license.shortName}";
}
