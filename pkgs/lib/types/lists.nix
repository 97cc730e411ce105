/**
  Lists.
*/
{ lib }:
let
  inherit (builtins) isList;
  inherit (lib.types)
    addCheck
    listOf
    mkOptionType
    optionDescriptionPhrase
    ;
  inherit (import ./merging.nix { inherit lib; })
    checkDefinitions
    checkedMerge
    isNoun
    isNounOrComposite
    wrappingFunctor
    ;
in
{
  /**
    A list with elements of a type. Several definitions are put one after another.

    # Type
    `type -> type`

    # Example
    ```nix
    (lib.types.listOf lib.types.int).merge [ "x" ] [ { file = "a"; value = [ 1 ]; } { file = "b"; value = [ 2 ]; } ]
    => [ 1 2 ]
    ```
  */
  listOf =
    elemType:
    let
      check = isList;
    in
    mkOptionType (
      {
        name = "listOf";
        description = "list of ${optionDescriptionPhrase isNounOrComposite elemType}";
        descriptionClass = "composite";
        emptyValue.value = [ ];
        getSubOptions = prefix: elemType.getSubOptions (prefix ++ [ "*" ]);
        inherit (elemType) getSubModules;
        substSubModules = modules: listOf (elemType.substSubModules modules);
        functor = wrappingFunctor "listOf" listOf elemType;
        nestedTypes = { inherit elemType; };
      }
      // checkedMerge {
        inherit check;
        merge =
          { loc, defs }:
          let
            one =
              n: def:
              lib.imap1 (
                m: value:
                lib.mergeDefinitions (loc ++ [ "[definition ${toString n}-entry ${toString m}]" ]) elemType [
                  {
                    inherit (def) file;
                    inherit value;
                  }
                ]
              ) def.value;
            # An element may be `mkIf false …`, and is not there then.
            elements = builtins.filter (e: e.optionalValue ? value) (
              builtins.concatLists (lib.imap1 one defs)
            );
          in
          {
            headError = checkDefinitions check defs;
            value = map (e: e.optionalValue.value) elements;
            valueMeta.list = map (e: e.checkedAndMerged.valueMeta) elements;
          };
      }
    );

  /**
    A list with at least one element.

    # Type
    `type -> type`

    # Example
    ```nix
    map (lib.types.nonEmptyListOf lib.types.int).check [ [ 1 ] [ ] ]
    => [ true false ]
    ```
  */
  nonEmptyListOf =
    elemType:
    let
      list = addCheck (listOf elemType) (l: l != [ ]);
    in
    list
    // {
      description = "non-empty ${optionDescriptionPhrase isNoun list}";
      emptyValue = { };
      substSubModules = modules: lib.types.nonEmptyListOf (elemType.substSubModules modules);
    };
}
