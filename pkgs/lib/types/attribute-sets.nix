/**
  Attribute sets, all values of which have one type.
*/
{ lib }:
let
  inherit (builtins) isAttrs mapAttrs;
  inherit (lib.types)
    attrsWith
    mkOptionType
    optionDescriptionPhrase
    ;
  inherit (import ./merging.nix { inherit lib; })
    attributeDefinitions
    checkDefinitions
    checkedMerge
    isNounOrComposite
    ;
in
{
  /**
    A set of anything; the last definition of an attribute wins, which is hardly ever what one
    wants.

    # Type
    `type`

    # Example
    ```nix
    map lib.types.attrs.check [ { a = 1; } [ ] ]
    => [ true false ]
    ```
  */
  attrs = mkOptionType {
    name = "attrs";
    description = "attribute set";
    descriptionClass = "noun";
    check = isAttrs;
    merge =
      _loc: defs:
      builtins.foldl' (merged: def: merged // def.value) { } defs;
    emptyValue.value = { };
  };

  /**
    A set with values of a type.

    # Type
    `type -> type`

    # Example
    ```nix
    (lib.types.attrsOf (lib.types.listOf lib.types.int)).merge [ "x" ] [
      { file = "a"; value = { n = [ 1 ]; }; }
      { file = "b"; value = { n = [ 2 ]; m = lib.mkIf false [ ]; }; }
    ]
    => { n = [ 1 2 ]; }
    ```
  */
  attrsOf = elemType: attrsWith { inherit elemType; };

  /**
    Like `attrsOf`, without looking at any value to know which attributes there are. So a value may
    depend on others. On the other hand what is defined by `mkIf false` is there, and an error (or
    the type's empty value) if it is used.

    # Type
    `type -> type`

    # Example
    ```nix
    ((lib.types.lazyAttrsOf lib.types.int).merge [ "x" ] [ { file = "a"; value = { n = 1; m = throw "not used"; }; } ]).n
    => 1
    ```
  */
  lazyAttrsOf =
    elemType:
    attrsWith {
      inherit elemType;
      lazy = true;
    };

  /**
    The general form of `attrsOf`.

    # Inputs
    - `elemType`: the type of values
    - `lazy`: as `lazyAttrsOf`
    - `placeholder`: what stands for a name in documentation, in angle brackets

    # Type
    `{ elemType, lazy ? false, placeholder ? "name" } -> type`

    # Example
    ```nix
    (lib.types.attrsWith { elemType = lib.types.int; lazy = true; }).description
    => "lazy attribute set of signed integer"
    ```
  */
  attrsWith =
    let
      # Two declarations go together if one of them leaves the placeholder as it is.
      mergePlaceholder =
        a: b:
        if a == b then
          a
        else if a == "name" then
          b
        else if b == "name" then
          a
        else
          null;
      binOp =
        a: b:
        let
          elemType = a.elemType.typeMerge b.elemType.functor;
          placeholder = mergePlaceholder a.placeholder b.placeholder;
        in
        if elemType == null || placeholder == null || a.lazy != b.lazy then
          null
        else
          {
            inherit elemType placeholder;
            inherit (a) lazy;
          };
    in
    {
      elemType,
      lazy ? false,
      placeholder ? "name",
    }:
    mkOptionType (
      {
        name = if lazy then "lazyAttrsOf" else "attrsOf";
        description =
          (if lazy then "lazy attribute set" else "attribute set")
          + " of ${optionDescriptionPhrase isNounOrComposite elemType}";
        descriptionClass = "composite";
        emptyValue.value = { };
        getSubOptions = prefix: elemType.getSubOptions (prefix ++ [ "<${placeholder}>" ]);
        inherit (elemType) getSubModules;
        substSubModules =
          modules:
          attrsWith {
            elemType = elemType.substSubModules modules;
            inherit lazy placeholder;
          };
        functor = {
          name = "attrsWith";
          type = attrsWith;
          wrapped = elemType;
          payload = { inherit elemType lazy placeholder; };
          inherit binOp;
        };
        nestedTypes = { inherit elemType; };
      }
      // checkedMerge {
        check = isAttrs;
        merge =
          { loc, defs }:
          let
            all = lib.zipAttrsWith (name: lib.mergeDefinitions (loc ++ [ name ]) elemType) (
              attributeDefinitions defs
            );
            attrs = if lazy then all else lib.filterAttrs (_: attr: attr.optionalValue ? value) all;
          in
          {
            headError = checkDefinitions isAttrs defs;
            value = mapAttrs (
              _: attr:
              if lazy then
                attr.optionalValue.value or elemType.emptyValue.value or attr.mergedValue
              else
                attr.optionalValue.value
            ) attrs;
            valueMeta.attrs = mapAttrs (_: attr: attr.checkedAndMerged.valueMeta) attrs;
          };
      }
    );

  /**
    An old name of `attrsOf`, from when it also took lists.

    # Type
    `type -> type`

    # Example
    ```nix
    (lib.types.loaOf lib.types.int).description
    => "attribute set of signed integer"
    ```
  */
  loaOf =
    elemType:
    lib.types.attrsOf elemType
    // {
      name = "loaOf";
      deprecationMessage = "`lib.types.loaOf` takes only sets now. Use `lib.types.attrsOf`.";
      nestedTypes = { inherit elemType; };
    };
}
