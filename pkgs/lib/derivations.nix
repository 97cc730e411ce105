/**
  Derivations that are evaluated later, or not at all.
*/
{ lib }:
{
  # Neither is there in every Nix.
  ${if builtins ? addDrvOutputDependencies then "addDrvOutputDependencies" else null} =
    builtins.addDrvOutputDependencies;
  inherit (builtins) unsafeDiscardOutputDependency;

  /**
    A derivation whose own attributes are known without evaluating it: those that every derivation
    has, those of `passthru`, and `meta`. Whoever only looks at these need not pay for the rest.

    # Inputs
    - `derivation`: the derivation
    - `meta`, `passthru`: what is known beforehand
    - `outputs`: the names of its outputs, `[ "out" ]` if not given
    - `system`, `name`: if they are known

    # Type
    `{ derivation, meta ? null, passthru ? { }, outputs ? [ "out" ], … } -> derivation`

    # Example
    ```nix
    (lib.lazyDerivation { derivation = throw "not needed"; meta.description = "A program"; }).meta.description
    => "A program"
    ```
  */
  lazyDerivation =
    args@{
      derivation,
      meta ? null,
      passthru ? { },
      outputs ? [ "out" ],
      ...
    }:
    let
      # Everything else goes through here, so that a wrong one is noticed when it is first used.
      checked =
        lib.throwIfNot (derivation.type or null == "derivation")
          "lazyDerivation: input must be a derivation."
          lib.throwIfNot
          (derivation.outputs == outputs)
          ''
            lib.lazyDerivation: The derivation ${derivation.name or "<unknown>"} has other outputs than lazyDerivation was told${
              lib.optionalString (!args ? outputs) " (its default is one output, \"out\")"
            }.

            It was told:
                ${lib.generators.toPretty { multiline = false; } outputs}
            The derivation has:
                ${lib.generators.toPretty { multiline = false; } derivation.outputs}

            Give lazyDerivation an argument `outputs` with the same names in the same order.
          ''
          derivation;
    in
    {
      type = "derivation";
      inherit outputs;
      inherit (checked) outPath outputName drvPath;
      name = args.name or checked.name;
      system = args.system or checked.system;
      meta = if meta == null then checked.meta else meta;
    }
    // lib.genAttrs outputs (name: checked.${name})
    // passthru;

  /**
    `value` if `condition` holds, else null. For an attribute of a derivation: null and its absence
    are not the same to a derivation's hash, but they are to what a person means.

    # Type
    `bool -> a -> (a | null)`

    # Example
    ```nix
    [ (lib.optionalDrvAttr true "x") (lib.optionalDrvAttr false "x") ]
    => [ "x" null ]
    ```
  */
  optionalDrvAttr = condition: value: if condition then value else null;

  /**
    A derivation that prints a warning when it is instantiated, and not when one looks at its name
    or `meta`.

    # Type
    `string -> derivation -> derivation`

    # Example
    ```nix
    (lib.warnOnInstantiate "This is going away." { name = "a"; type = "derivation"; drvPath = "/x.drv"; }).name
    => "a"
    ```
  */
  warnOnInstantiate =
    message: drv:
    let
      quiet = builtins.removeAttrs drv [
        "meta"
        "name"
        "type"
        "outputs"
        "system"
      ];
    in
    drv // builtins.mapAttrs (_: lib.warn message) quiet;
}
