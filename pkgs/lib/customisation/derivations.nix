/**
  Derivations with attributes added or taken away; what is built stays the same.
*/
{ lib }:
{
  /**
    A derivation with more attributes, also on each of its outputs.

    # Inputs
    - `condition`: must be true for the derivation to be instantiated
    - `passthru`: the attributes
    - `drv`: the derivation

    # Type
    `bool -> { … } -> derivation -> derivation`

    # Example
    ```nix
    let drv = derivation { name = "a"; system = "x"; builder = "b"; outputs = [ "out" "dev" ]; }; in
    (lib.extendDerivation true { tests = 1; } drv).dev.tests
    => 1
    ```
  */
  extendDerivation =
    condition: passthru: drv:
    let
      outputs = drv.outputs or [ "out" ];
      common = drv // lib.genAttrs outputs output // { all = map output outputs; } // passthru;
      output =
        name:
        common
        // {
          inherit (drv.${name}) type outputName;
          outputSpecified = true;
          drvPath =
            assert condition;
            drv.${name}.drvPath;
          outPath =
            assert condition;
            drv.${name}.outPath;
        }
        // lib.optionalAttrs (passthru ? overrideAttrs) {
          # Overriding an output gives the same output of what was overridden.
          overrideAttrs = f: (passthru.overrideAttrs f).${name};
        };
    in
    common
    // {
      drvPath =
        assert condition;
        drv.drvPath;
      outPath =
        assert condition;
        drv.outPath;
    };

  /**
    What a build farm needs of a derivation, and nothing else, so that the rest of it can be
    forgotten.

    # Type
    `derivation -> derivation`

    # Example
    ```nix
    builtins.attrNames (lib.hydraJob (derivation { name = "a"; system = "x"; builder = "b"; }))
    => [ "drvPath" "name" "out" "outPath" "outputName" "outputs" "system" "type" ]
    ```
  */
  hydraJob =
    drv:
    let
      outputs = drv.outputs or [ "out" ];
      wanted = [
        "_hydraAggregate"
        "_hydraGlobalSources"
        "constituents"
        "description"
        "homepage"
        "license"
        "maintainers"
        "meta"
        "name"
        "system"
      ];
      common =
        lib.getAttrs (builtins.filter (name: drv ? ${name}) wanted) drv
        // lib.genAttrs outputs output
        // {
          inherit (drv) name system;
          inherit outputs;
          type = "derivation";
        };
      output =
        name:
        common
        // {
          inherit (drv.${name}) outPath drvPath;
          outputName = name;
        };
    in
    if drv == null then null else output (builtins.head outputs);
}
