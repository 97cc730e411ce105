/**
  Definitions of one option that are those of another.
*/
{ lib }:
let
  inherit (lib) isOption mkIf mkMerge mkOverride;
  inherit (lib.modules)
    defaultOverridePriority
    mkAliasAndWrapDefinitions
    mkAliasIfDef
    ;
in
{
  /**
    The definitions of an option, for another option.

    # Type
    `option -> definition`

    # Example
    ```nix
    let
      eval = lib.evalModules { modules = [ ({ options, ... }: { options.a = lib.mkOption { }; options.b = lib.mkOption { }; config = { a = 1; b = lib.mkAliasDefinitions options.a; }; }) ]; };
    in
    eval.config.b
    => 1
    ```
  */
  mkAliasDefinitions = mkAliasAndWrapDefinitions lib.id;

  /**
    The definitions of an option, in what `wrap` makes of them.

    # Type
    `(definition -> definition) -> option -> definition`

    # Example
    ```nix
    let
      eval = lib.evalModules { modules = [ ({ options, ... }: { options.a = lib.mkOption { }; options.b.c = lib.mkOption { }; config = lib.mkMerge [ { a = 1; } (lib.mkAliasAndWrapDefinitions (x: { b.c = x; }) options.a) ]; }) ]; };
    in
    eval.config.b.c
    => 1
    ```
  */
  mkAliasAndWrapDefinitions = wrap: option: mkAliasIfDef option (wrap (mkMerge option.definitions));

  /**
    Like `mkAliasAndWrapDefinitions`, with the priority that the definitions had.

    # Type
    `(definition -> definition) -> option -> definition`

    # Example
    ```nix
    (lib.modules.mkAliasAndWrapDefsWithPriority lib.id (lib.evalModules { modules = [ { options.a = lib.mkOption { }; config.a = lib.mkForce 1; } ]; }).options.a).content.contents
    => [ { _type = "override"; content = 1; priority = 50; } ]
    ```
  */
  mkAliasAndWrapDefsWithPriority =
    wrap: option:
    let
      priority = option.highestPrio or defaultOverridePriority;
    in
    mkAliasIfDef option (wrap (mkMerge (map (mkOverride priority) option.definitions)));

  /**
    A definition that counts only if an option is defined.

    # Type
    `option -> a -> definition`

    # Example
    ```nix
    (lib.modules.mkAliasIfDef (lib.evalModules { modules = [ { options.a = lib.mkOption { }; } ]; }).options.a 1).condition
    => false
    ```
  */
  mkAliasIfDef = option: mkIf (isOption option && option.isDefined);

  /**
    A definition that depends on the value of an option, with the priority that the value has.

    # Type
    `option -> (a -> b) -> definition`

    # Example
    ```nix
    (lib.mkDerivedConfig (lib.evalModules { modules = [ { options.a = lib.mkOption { }; config.a = lib.mkForce 1; } ]; }).options.a (x: x + 1)).content
    => 2
    ```
  */
  mkDerivedConfig =
    opt: f: mkOverride (opt.highestPrio or defaultOverridePriority) (f opt.value);
}
