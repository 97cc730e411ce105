/**
  Values that are made into values of another type.
*/
{ lib }:
let
  inherit (lib.types) coercedTo mkOptionType optionDescriptionPhrase;
  inherit (import ./merging.nix { inherit lib; }) checkAndMerge checkedMerge isNoun;
in
{
  /**
    A value of `finalType`, or one of `coercedType` that a function makes such a value of.

    # Inputs
    - `coercedType`: the type of what is converted; it must not have submodules
    - `coerceFunc`: converts a value
    - `finalType`: the type of the result

    # Type
    `type -> (a -> b) -> type -> type`

    # Example
    ```nix
    let t = lib.types.coercedTo lib.types.int toString lib.types.str; in
    [ (t.merge [ "x" ] [ { file = "a"; value = 42; } ]) (t.merge [ "x" ] [ { file = "a"; value = "24"; } ]) ]
    => [ "42" "24" ]
    ```
  */
  coercedTo =
    coercedType: coerceFunc: finalType:
    assert lib.assertMsg (coercedType.getSubModules == null)
      "coercedTo: coercedType must not have submodules (it’s a ${coercedType.description})";
    mkOptionType (
      {
        name = "coercedTo";
        description = "${optionDescriptionPhrase isNoun finalType} or ${optionDescriptionPhrase isNoun coercedType} convertible to it";
        inherit (finalType) emptyValue getSubOptions getSubModules;
        substSubModules = modules: coercedTo coercedType coerceFunc (finalType.substSubModules modules);
        typeMerge = _: null;
        functor = lib.defaultFunctor "coercedTo" // {
          wrapped = finalType;
        };
        nestedTypes = { inherit coercedType finalType; };
      }
      // checkedMerge {
        check = x: (coercedType.check x && finalType.check (coerceFunc x)) || finalType.check x;
        merge =
          { loc, defs }:
          let
            # Each definition is looked at alone: some may have to be converted, others not.
            convert =
              def:
              let
                coerced = checkAndMerge coercedType {
                  inherit loc;
                  defs = [ def ];
                };
              in
              if coerced.headError == null then def // { value = coerceFunc coerced.value; } else def;
          in
          let
            merged = checkAndMerge finalType {
              inherit loc;
              defs = map convert defs;
            };
          in
          merged
          // {
            # A message shows what was written, not what became of it.
            headError =
              if merged.headError == null then
                null
              else
                { message = "Definition values:${lib.options.showDefs defs}"; };
          };
      }
    );
}
