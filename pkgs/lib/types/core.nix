/**
  What a type is.

  A type is a set with

  - `name`, `description` and `descriptionClass`: how it is called; the class says where in a
    sentence it needs parentheses
  - `check`: whether a value is of the type, as far as that can be said without looking into it
  - `merge`: one value out of definitions. Either a function of location and definitions, or a set
    that can be called as one and has `v2`, which returns at once `headError` (null, or what is
    wrong with the definitions), `value` and `valueMeta` (what is known about the value)
  - `emptyValue`: `{ value = …; }` where nothing defined means something
  - `getSubOptions`, `getSubModules`, `substSubModules`: what there is within a submodule
  - `functor`, `typeMerge`: how two types become one, where an option is declared twice
*/
{ lib }:
let
  inherit (lib.types)
    defaultFunctor
    defaultTypeMerge
    isType
    setType
    ;
  inherit (import ./merging.nix { inherit lib; }) checkAndMerge checkDefinitions checkedMerge;
in
{
  /**
    Whether a value is a set that is marked as of this type.

    # Type
    `string -> any -> bool`

    # Example
    ```nix
    lib.isType "option" (lib.mkOption { })
    => true
    ```
  */
  isType = type: value: value._type or null == type;

  /**
    Marks a set as of a type.

    # Type
    `string -> { … } -> { …, _type }`

    # Example
    ```nix
    lib.setType "song" { title = "x"; }
    => { _type = "song"; title = "x"; }
    ```
  */
  setType = type: value: value // { _type = type; };

  /**
    Whether a value is a type of options.

    # Type
    `any -> bool`

    # Example
    ```nix
    map lib.isOptionType [ lib.types.int (lib.mkOption { }) ]
    => [ true false ]
    ```
  */
  isOptionType = isType "option-type";

  /**
    Makes a type. All but `name` has a default, which accepts anything, and only one definition that
    is not a list, a set, a string, …

    # Type
    `{ name, description ? …, check ? …, merge ? …, emptyValue ? …, … } -> type`

    # Example
    ```nix
    let
      even = lib.mkOptionType { name = "even"; check = x: builtins.isInt x && lib.mod x 2 == 0; };
    in
    map even.check [ 2 3 "2" ]
    => [ true false false ]
    ```
  */
  mkOptionType =
    {
      # How the type is called in code, and to tell types apart when two are merged.
      name,
      # How it is called in documentation and messages.
      description ? null,
      # Where its description needs parentheses: "noun", "conjunction", "composite" or
      # "nonRestrictiveClause".
      descriptionClass ? null,
      # What is to be said to who uses this type, if it is deprecated.
      deprecationMessage ? null,
      check ? (_: true),
      merge ? lib.mergeDefaultOption,
      emptyValue ? { },
      getSubOptions ? (_prefix: { }),
      getSubModules ? null,
      substSubModules ? (_modules: null),
      functor ? defaultFunctor name,
      typeMerge ? defaultTypeMerge functor,
      # The types that this one is made of, by name.
      nestedTypes ? { },
    }:
    {
      _type = "option-type";
      description = if description == null then name else description;
      inherit
        check
        descriptionClass
        deprecationMessage
        emptyValue
        functor
        getSubModules
        getSubOptions
        merge
        name
        nestedTypes
        substSubModules
        typeMerge
        ;
    };

  /**
    What a type without parameters is merged by: two are the same if their names are.

    # Type
    `string -> functor`

    # Example
    ```nix
    (lib.defaultFunctor "int").name
    => "int"
    ```
  */
  defaultFunctor = name: {
    inherit name;
    # The type, or a function that makes it of the payload.
    type = lib.types.${name} or null;
    # A type that is the only parameter; `payload` can hold more than that.
    wrapped = null;
    # The parameters, and how two become one; null if they do not go together.
    payload = null;
    binOp = _: _: null;
  };

  /**
    Merges two types by their functors: they must have the same name, and parameters that can be
    merged. Null if they cannot.

    # Type
    `functor -> functor -> (type | null)`

    # Example
    ```nix
    [ (lib.types.int.typeMerge lib.types.int.functor).name (lib.types.int.typeMerge lib.types.str.functor) ]
    => [ "int" null ]
    ```
  */
  defaultTypeMerge =
    f: f':
    let
      payload = f.binOp f.payload f'.payload;
      wrapped = f.wrapped.typeMerge f'.wrapped.functor;
    in
    if f.name != f'.name then
      null
    else if f.payload or null != null || f'.payload or null != null then
      if f.payload or null == null || f'.payload or null == null || payload == null then null else f.type payload
    else if f.wrapped or null != null || f'.wrapped or null != null then
      if f.wrapped or null == null || f'.wrapped or null == null || wrapped == null then null else f.type wrapped
    else
      f.type;

  /**
    The type that two types become where an option is declared with both; a set of type
    `merge-error` if they do not go together.

    # Type
    `type -> type -> type`

    # Example
    ```nix
    (lib.types.mergeTypes (lib.types.enum [ "a" ]) (lib.types.enum [ "b" ])).check "b"
    => true
    ```
  */
  mergeTypes =
    t1: t2:
    assert lib.isOptionType t1 && lib.isOptionType t2;
    let
      merged = t1.typeMerge t2.functor;
    in
    if merged == null then
      setType "merge-error" { error = "Cannot merge types"; }
    else
      merged;

  /**
    A type's description as part of another one's: in parentheses unless `fits` is true of its
    class.

    # Type
    `((string | null) -> bool) -> type -> string`

    # Example
    ```nix
    lib.types.optionDescriptionPhrase (class: class == "noun") (lib.types.listOf lib.types.str)
    => "(list of string)"
    ```
  */
  optionDescriptionPhrase =
    fits: t: if fits (t.descriptionClass or null) then t.description else "(${t.description})";

  /**
    A type of which `check` must be true as well.

    # Type
    `type -> (any -> bool) -> type`

    # Example
    ```nix
    map (lib.types.addCheck lib.types.int (x: x > 5)).check [ 6 5 "6" ]
    => [ true false false ]
    ```
  */
  addCheck =
    elemType: check:
    if elemType.merge ? v2 then
      elemType
      // checkedMerge {
        check = x: elemType.check x && check x;
        merge =
          args:
          let
            merged = checkAndMerge elemType args;
          in
          merged
          // {
            headError =
              if merged.headError != null then
                merged.headError
              else
                checkDefinitions check args.defs;
          };
      }
    else
      elemType // { check = x: elemType.check x && check x; };
}
