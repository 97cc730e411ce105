/**
  Values that may be defined only once.
*/
{ lib }:
let
  inherit (lib.types) mkOptionType unique;
  inherit (import ./merging.nix { inherit lib; })
    checkAndMerge
    checkedMerge
    wrappingFunctor
    ;
in
{
  /**
    A value of a type that may be defined only once; otherwise `message` is shown.

    # Type
    `{ message :: string } -> type -> type`

    # Example
    ```nix
    (lib.types.unique { message = "Only one, please."; } lib.types.int).merge [ "x" ] [ { file = "a"; value = 1; } { file = "b"; value = 1; } ]
    => error: The option `x' is defined multiple times while it's expected to be unique.\nOnly one, please.
    ```
  */
  unique =
    { message }:
    type:
    mkOptionType (
      {
        name = "unique";
        inherit (type)
          description
          descriptionClass
          emptyValue
          getSubModules
          getSubOptions
          ;
        substSubModules = modules: unique { inherit message; } (type.substSubModules modules);
        functor = wrappingFunctor "unique" (unique { inherit message; }) type;
        nestedTypes.elemType = type;
      }
      // (
        if type.merge ? v2 then
          checkedMerge {
            inherit (type) check;
            merge =
              { loc, defs }:
              let
                merged = checkAndMerge type { inherit loc defs; };
              in
              merged
              // {
                value = lib.mergeUniqueOption {
                  inherit message;
                  merge = _: _: merged.value;
                } loc defs;
              };
          }
        else
          {
            inherit (type) check;
            merge = lib.mergeUniqueOption {
              inherit message;
              inherit (type) merge;
            };
          }
      )
    );

  /**
    A value of a type that may be defined only once.

    # Type
    `type -> type`

    # Example
    ```nix
    (lib.types.uniq lib.types.int).merge [ "x" ] [ { file = "a"; value = 1; } ]
    => 1
    ```
  */
  uniq = unique { message = ""; };
}
