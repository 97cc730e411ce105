/**
  Derivations are sets too: their outputs, and which sets to look into for them.
*/
{ lib }:
let
  inherit (lib.attrsets) getFirstOutput getOutput isDerivation;
in
{
  /**
    Whether a value is a derivation.

    # Type
    `any -> bool`

    # Example
    ```nix
    map lib.isDerivation [ (derivation { name = "a"; system = "x"; builder = "b"; }) { } "text" ]
    => [ true false false ]
    ```
  */
  isDerivation = value: value.type or null == "derivation";

  /**
    Makes something that looks like a derivation of a store path, so that it can stand where a
    package is expected.

    # Type
    `path -> derivation`

    # Example
    ```nix
    (lib.toDerivation (builtins.toFile "bash-5.2" "")).name
    => "bash-5.2"
    ```
  */
  toDerivation =
    path:
    let
      # A path that has context is there already; another one may be a link to a path in the store.
      path' = if builtins.hasContext (toString path) then path else builtins.storePath path;
      drv = {
        type = "derivation";
        name = builtins.unsafeDiscardStringContext (
          lib.strings.sanitizeDerivationName (builtins.substring 33 (-1) (baseNameOf path'))
        );
        outPath = path';
        outputs = [ "out" ];
        out = drv;
        outputName = "out";
      };
    in
    drv;

  /**
    A package's output, or where it has none of that name, the package's default output. A package
    for which an output was already chosen stays as it is.

    # Type
    `string -> derivation -> derivation`

    # Example
    ```nix
    lib.getOutput "dev" { out = "/out"; dev = "/dev"; outPath = "/out"; }
    => "/dev"
    ```
  */
  getOutput =
    output: pkg:
    if !pkg ? outputSpecified || !pkg.outputSpecified then pkg.${output} or pkg.out or pkg else pkg;

  /**
    The first of these outputs that a package has.

    # Type
    `[string] -> derivation -> derivation`

    # Example
    ```nix
    lib.getFirstOutput [ "include" "dev" ] { dev = "/dev"; out = "/out"; outPath = "/out"; }
    => "/dev"
    ```
  */
  getFirstOutput =
    candidates: pkg:
    let
      found = lib.findFirst (output: pkg ? ${output}) null candidates;
    in
    if pkg.outputSpecified or false then
      pkg
    else if found == null then
      pkg.out or pkg
    else
      pkg.${found};

  /**
    The output with the programs.

    # Type
    `derivation -> derivation`

    # Example
    ```nix
    lib.getBin { bin = "/bin-output"; outPath = "/out"; }
    => "/bin-output"
    ```
  */
  getBin = getOutput "bin";

  /**
    The output with the libraries.

    # Type
    `derivation -> derivation`

    # Example
    ```nix
    lib.getLib { lib = "/lib-output"; outPath = "/out"; }
    => "/lib-output"
    ```
  */
  getLib = getOutput "lib";

  /**
    The output with static libraries, else the one with libraries.

    # Type
    `derivation -> derivation`

    # Example
    ```nix
    lib.getStatic { lib = "/lib-output"; outPath = "/out"; }
    => "/lib-output"
    ```
  */
  getStatic = getFirstOutput [
    "static"
    "lib"
    "out"
  ];

  /**
    The output with what is needed to build against a package.

    # Type
    `derivation -> derivation`

    # Example
    ```nix
    lib.getDev { dev = "/dev-output"; outPath = "/out"; }
    => "/dev-output"
    ```
  */
  getDev = getOutput "dev";

  /**
    The output with the header files.

    # Type
    `derivation -> derivation`

    # Example
    ```nix
    lib.getInclude { dev = "/dev-output"; out = "/out"; outPath = "/out"; }
    => "/dev-output"
    ```
  */
  getInclude = getFirstOutput [
    "include"
    "dev"
    "out"
  ];

  /**
    The output with the manual pages.

    # Type
    `derivation -> derivation`

    # Example
    ```nix
    lib.getMan { man = "/man-output"; outPath = "/out"; }
    => "/man-output"
    ```
  */
  getMan = getOutput "man";

  /**
    The outputs that a list of build inputs means: the `dev` output of each that has one.

    # Type
    `[derivation] -> [derivation]`

    # Example
    ```nix
    lib.chooseDevOutputs [ { dev = "/dev-output"; outPath = "/out"; } ]
    => [ "/dev-output" ]
    ```
  */
  chooseDevOutputs = map lib.getDev;

  /**
    Marks a set as one in which `nix-env -q` and others should look for packages.

    # Type
    `{ … } -> { … }`

    # Example
    ```nix
    lib.recurseIntoAttrs { a = 1; }
    => { a = 1; recurseForDerivations = true; }
    ```
  */
  recurseIntoAttrs = set: set // { recurseForDerivations = true; };

  /**
    Marks a set as one in which nobody should look for packages.

    # Type
    `{ … } -> { … }`

    # Example
    ```nix
    lib.dontRecurseIntoAttrs { a = 1; }
    => { a = 1; recurseForDerivations = false; }
    ```
  */
  dontRecurseIntoAttrs = set: set // { recurseForDerivations = false; };
}
