/**
  Functions whose results can be asked for with other arguments.
*/
{ lib }:
let
  inherit (lib) functionArgs isFunction setFunctionArgs;
  inherit (lib.customisation) makeOverridable overrideDerivation;
in
{
  /**
    Makes a function whose result remembers its arguments: `result.override { … }` is what the
    function would have returned with some of them changed. The new ones can also be given as a
    function of the old ones. If the result is a derivation, its `overrideAttrs` and
    `overrideDerivation` give something that can be overridden, too.

    # Type
    `({ … } -> a) -> { … } -> (a // { override, overrideDerivation })`

    # Example
    ```nix
    let x = lib.makeOverridable ({ a, b }: { sum = a + b; }) { a = 1; b = 2; }; in
    [ x.sum (x.override { a = 10; }).sum (x.override (old: { b = old.b * 5; })).sum ]
    => [ 3 12 11 ]
    ```
  */
  makeOverridable =
    f:
    let
      # A function that shows the same arguments.
      mirror = lib.mirrorFunctionArgs f;
      # A set that can be called keeps what else it has, and if it can be overridden, the result of
      # that is overridable too.
      more = lib.optionalAttrs (builtins.isAttrs f) (
        builtins.removeAttrs f [
          "__functor"
          "__functionArgs"
        ]
        // lib.optionalAttrs (f ? override) {
          override = lib.mirrorFunctionArgs f.override (new: makeOverridable (f.override new));
        }
      );
    in
    more
    // mirror (
      args:
      let
        result = f args;
        changed = new: args // (if isFunction new then new args else new);
        override = mirror (new: makeOverridable f (changed new));
        # The function of the same arguments with `g` applied to what it returns.
        overrideResult = g: makeOverridable (mirror (args: g (f args))) args;
      in
      if builtins.isAttrs result then
        result
        // {
          inherit override;
          overrideDerivation = fdrv: overrideResult (drv: overrideDerivation drv fdrv);
        }
        // lib.optionalAttrs (result ? overrideAttrs) {
          overrideAttrs = fdrv: overrideResult (drv: drv.overrideAttrs fdrv);
        }
      else if isFunction result then
        setFunctionArgs result (functionArgs result) // { inherit override; }
      else
        result
    );

  /**
    A derivation with other attributes, given as a function of the derivation. It is evaluated
    twice; `overrideAttrs` is the better choice for what stdenv makes.

    # Type
    `derivation -> (derivation -> { … }) -> derivation`

    # Example
    ```nix
    let drv = derivation { name = "a"; system = "x"; builder = "b"; }; in
    (lib.overrideDerivation drv (old: { name = old.name + "-patched"; })).name
    => "a-patched"
    ```
  */
  overrideDerivation =
    drv: f:
    let
      newDrv = derivation (drv.drvAttrs // f drv);
    in
    lib.extendDerivation (builtins.seq drv.drvPath true) (
      # What is not part of the derivation itself stays as it was.
      builtins.intersectAttrs {
        meta = null;
        passthru = null;
      } drv
      // drv.passthru or { }
      // lib.optionalAttrs (drv ? __spliced) {
        __spliced = { } // builtins.mapAttrs (_: spliced: overrideDerivation spliced f) drv.__spliced;
      }
    ) newDrv;

  /**
    A builder of packages on top of another one, for languages and frameworks: what the caller
    gives, as a set or as a function of the final attributes, is extended before it is passed on.

    # Inputs
    - `constructDrv`: what makes the derivation, such as `stdenv.mkDerivation`
    - `extendDrvArgs`: takes the final attributes and the caller's; returns what is added or
      replaced
    - `excludeDrvArgNames`: the caller's attributes that are not passed on
    - `excludeFunctionArgNames`: arguments that `functionArgs` is not to find
    - `inheritFunctionArgs`: whether it is to find those of `constructDrv`
    - `transformDrv`: applied to the derivation

    # Type
    `{ constructDrv, extendDrvArgs, … } -> ({ … } | ({ … } -> { … })) -> derivation`

    # Example
    ```nix
    let
      build = lib.extendMkDerivation {
        constructDrv = f: lib.fix f;
        excludeDrvArgNames = [ "flags" ];
        extendDrvArgs = final: { pname, flags ? [ ], ... }: { name = "py-${pname}"; configureFlags = [ "-O" ] ++ flags; };
      };
    in
    build { pname = "x"; flags = [ "-g" ]; }
    => { pname = "x"; name = "py-x"; configureFlags = [ "-O" "-g" ]; }
    ```
  */
  extendMkDerivation =
    let
      extendsWithout =
        names: g: f: final:
        let
          prev = f final;
        in
        builtins.removeAttrs prev names // g final prev;
    in
    {
      constructDrv,
      excludeDrvArgNames ? [ ],
      excludeFunctionArgNames ? [ ],
      extendDrvArgs,
      inheritFunctionArgs ? true,
      transformDrv ? lib.id,
    }:
    setFunctionArgs
      (
        args:
        transformDrv (constructDrv (extendsWithout excludeDrvArgNames extendDrvArgs (lib.toFunction args)))
      )
      (
        builtins.removeAttrs (
          lib.optionalAttrs inheritFunctionArgs (functionArgs constructDrv)
          // functionArgs (extendDrvArgs { })
        ) excludeFunctionArgNames
      )
    // {
      # A builder on top of this one may want to know.
      inherit
        constructDrv
        excludeDrvArgNames
        excludeFunctionArgNames
        extendDrvArgs
        transformDrv
        ;
    };
}
