/**
  Functions.
*/
{ lib }:
let
  inherit (lib.types) functionTo mkOptionType optionDescriptionPhrase;
  inherit (import ./merging.nix { inherit lib; }) isNounOrComposite wrappingFunctor;
in
{
  /**
    A function, of any argument, that returns something of a type. Several definitions are merged by
    merging what they return.

    # Type
    `type -> type`

    # Example
    ```nix
    let
      f = (lib.types.functionTo (lib.types.listOf lib.types.int)).merge [ "f" ] [
        { file = "a"; value = x: [ x ]; }
        { file = "b"; value = x: [ (x + 1) ]; }
      ];
    in
    f 1
    => [ 1 2 ]
    ```
  */
  functionTo =
    elemType:
    mkOptionType {
      name = "functionTo";
      description = "function that evaluates to a(n) ${optionDescriptionPhrase isNounOrComposite elemType}";
      descriptionClass = "composite";
      check = lib.isFunction;
      merge =
        loc: defs:
        let
          # An argument has a default if it has one in every definition that knows it.
          args = lib.zipAttrsWith (_: builtins.all lib.id) (map (def: lib.functionArgs def.value) defs);
          call =
            x:
            (lib.mergeDefinitions (loc ++ [ "<function body>" ]) elemType (
              map (def: {
                inherit (def) file;
                value = def.value x;
              }) defs
            )).mergedValue;
        in
        lib.setFunctionArgs call args;
      getSubOptions = prefix: elemType.getSubOptions (prefix ++ [ "<function body>" ]);
      inherit (elemType) getSubModules;
      substSubModules = modules: functionTo (elemType.substSubModules modules);
      functor = wrappingFunctor "functionTo" functionTo elemType;
      nestedTypes = { inherit elemType; };
    };
}
