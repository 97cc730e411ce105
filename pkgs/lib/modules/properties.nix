/**
  What a definition can be wrapped in: conditions, priorities, places in an order.
*/
{ lib }:
let
  inherit (lib.modules) defaultOrderPriority mkOrder mkOverride;
in
{
  /**
    A definition that counts only if `condition` is true. It may depend on the configuration.

    # Type
    `bool -> a -> definition`

    # Example
    ```nix
    let
      eval = lib.evalModules {
        modules = [
          { options = lib.genAttrs [ "a" "b" ] (_: lib.mkOption { default = 0; }); }
          ({ config, ... }: { b = lib.mkIf (config.a == 0) 1; })
        ];
      };
    in
    eval.config
    => { a = 0; b = 1; }
    ```
  */
  mkIf = condition: content: {
    _type = "if";
    inherit condition content;
  };

  /**
    A definition that is an error unless `assertion` is true.

    # Type
    `bool -> string -> a -> definition`

    # Example
    ```nix
    (lib.mkAssert true "never shown" 1).content
    => 1
    ```
  */
  mkAssert =
    assertion: message: content:
    lib.mkIf (if assertion then true else throw "\nFailed assertion: ${message}") content;

  /**
    Several definitions in the place of one.

    # Type
    `[definition] -> definition`

    # Example
    ```nix
    (lib.evalModules { modules = [ { options.x = lib.mkOption { type = lib.types.listOf lib.types.int; }; config.x = lib.mkMerge [ [ 1 ] (lib.mkIf false [ 2 ]) [ 3 ] ]; } ]; }).config.x
    => [ 1 3 ]
    ```
  */
  mkMerge = contents: {
    _type = "merge";
    inherit contents;
  };

  /**
    A definition with a priority. Of all definitions only those with the lowest number count;
    without one it is 100.

    # Type
    `int -> a -> definition`

    # Example
    ```nix
    (lib.evalModules { modules = [ { options.x = lib.mkOption { }; } { x = 1; } { x = lib.mkOverride 90 2; } ]; }).config.x
    => 2
    ```
  */
  mkOverride = priority: content: {
    _type = "override";
    inherit priority content;
  };

  /**
    The priority of an option's default.

    # Type
    `a -> definition`

    # Example
    ```nix
    (lib.mkOptionDefault 1).priority
    => 1500
    ```
  */
  mkOptionDefault = mkOverride 1500;

  /**
    A definition that gives way to any other, but not to the option's default.

    # Type
    `a -> definition`

    # Example
    ```nix
    (lib.evalModules { modules = [ { options.x = lib.mkOption { }; } { x = 1; } { x = lib.mkDefault 2; } ]; }).config.x
    => 1
    ```
  */
  mkDefault = mkOverride 1000;

  /**
    The priority of a definition that has none of its own.

    # Type
    `int`

    # Example
    ```nix
    lib.modules.defaultOverridePriority
    => 100
    ```
  */
  defaultOverridePriority = 100;

  /**
    The priority of what an image's medium needs: stronger than definitions, weaker than `mkForce`.

    # Type
    `a -> definition`

    # Example
    ```nix
    (lib.mkImageMediaOverride 1).priority
    => 60
    ```
  */
  mkImageMediaOverride = mkOverride 60;

  /**
    A definition that replaces all others.

    # Type
    `a -> definition`

    # Example
    ```nix
    (lib.evalModules { modules = [ { options.x = lib.mkOption { }; } { x = 1; } { x = lib.mkForce 2; } ]; }).config.x
    => 2
    ```
  */
  mkForce = mkOverride 50;

  /**
    The priority of what a virtual machine needs: stronger than `mkForce`.

    # Type
    `a -> definition`

    # Example
    ```nix
    (lib.mkVMOverride 1).priority
    => 10
    ```
  */
  mkVMOverride = mkOverride 10;

  /**
    Returns its argument, with a warning: it has had no effect for long.

    # Type
    `a -> a`

    # Example
    ```nix
    lib.mkFixStrictness 1
    => 1
    ```
  */
  mkFixStrictness =
    x: lib.warn "lib.mkFixStrictness has no effect and will be removed." x;

  /**
    A definition with a place among others, for values in which order matters. Lower numbers come
    first; without one it is 1000.

    # Type
    `int -> a -> definition`

    # Example
    ```nix
    (lib.evalModules { modules = [ { options.x = lib.mkOption { type = lib.types.lines; }; } { x = "b"; } { x = lib.mkOrder 500 "a"; } ]; }).config.x
    => "a\nb"
    ```
  */
  mkOrder = priority: content: {
    _type = "order";
    inherit priority content;
  };

  /**
    The place of a definition that has none of its own.

    # Type
    `int`

    # Example
    ```nix
    lib.modules.defaultOrderPriority
    => 1000
    ```
  */
  defaultOrderPriority = 1000;

  /**
    A definition that comes before those without a place.

    # Type
    `a -> definition`

    # Example
    ```nix
    (lib.mkBefore "x").priority
    => 500
    ```
  */
  mkBefore = mkOrder 500;

  /**
    A definition that comes after those without a place.

    # Type
    `a -> definition`

    # Example
    ```nix
    (lib.mkAfter "x").priority
    => 1500
    ```
  */
  mkAfter = mkOrder 1500;

  /**
    A definition that says which file it comes from. It may be within `mkMerge`, and `mkForce` and
    the like within it.

    # Type
    `{ file :: string, value :: a } -> definition`

    # Example
    ```nix
    (lib.evalModules { modules = [ { options.x = lib.mkOption { }; config.x = lib.mkDefinition { file = "other.nix"; value = 1; }; } ]; }).options.x.files
    => [ "other.nix" ]
    ```
  */
  mkDefinition = { file, value, ... }@args: args // { _type = "definition"; };
}
