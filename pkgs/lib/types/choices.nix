/**
  Types that are one of several things.
*/
{ lib }:
let
  inherit (builtins)
    elem
    head
    isString
    length
    ;
  inherit (lib.types)
    either
    enum
    mkOptionType
    nullOr
    optionDescriptionPhrase
    ;
  inherit (import ./merging.nix { inherit lib; })
    checkAndMerge
    checkDefinitions
    checkedMerge
    isNounOrConjunction
    wrappingFunctor
    ;

  # A value of a type that does not fit: old freeform types got away with it, so it is a warning
  # where nobody looks at `headError`.
  unchecked =
    name: loc: defs:
    lib.warn
      "One or more definitions did not pass the type-check of the '${name}' type. This will be an error. The option `${lib.showOption loc}' has the definition values:${lib.options.showDefs defs}"
      (lib.mergeOneOption loc defs);
in
{
  /**
    One of these values.

    # Type
    `[a] -> type`

    # Example
    ```nix
    let t = lib.types.enum [ "left" "right" ]; in
    [ t.description (t.check "left") (t.check "up") ]
    => [ "one of \"left\", \"right\"" true false ]
    ```
  */
  enum =
    values:
    let
      show =
        v:
        if isString v then
          ''"${v}"''
        else if builtins.isInt v then
          toString v
        else if builtins.isBool v then
          lib.boolToString v
        else
          "<${builtins.typeOf v}>";
    in
    mkOptionType {
      name = "enum";
      description =
        if values == [ ] then
          "impossible (empty enum)"
        else if length values == 1 then
          "value ${show (head values)} (singular enum)"
        else
          "one of ${lib.concatMapStringsSep ", " show values}";
      descriptionClass = if length values < 2 then "noun" else "conjunction";
      check = value: elem value values;
      merge = lib.mergeEqualOption;
      functor = lib.defaultFunctor "enum" // {
        type = payload: enum payload.values;
        payload = { inherit values; };
        binOp = a: b: { values = lib.unique (a.values ++ b.values); };
      };
    };

  /**
    Null, or of a type.

    # Type
    `type -> type`

    # Example
    ```nix
    map (lib.types.nullOr lib.types.int).check [ null 1 "1" ]
    => [ true true false ]
    ```
  */
  nullOr =
    elemType:
    let
      check = x: x == null || elemType.check x;
    in
    mkOptionType (
      {
        name = "nullOr";
        description = "null or ${optionDescriptionPhrase isNounOrConjunction elemType}";
        descriptionClass = "conjunction";
        emptyValue.value = null;
        inherit (elemType) getSubOptions getSubModules;
        substSubModules = modules: nullOr (elemType.substSubModules modules);
        functor = wrappingFunctor "nullOr" nullOr elemType;
        nestedTypes = { inherit elemType; };
      }
      // checkedMerge {
        inherit check;
        merge =
          { loc, defs }:
          let
            nulls = lib.count (def: def.value == null) defs;
            merged = checkAndMerge elemType { inherit loc defs; };
          in
          if nulls == 0 then
            merged
          else
            {
              headError = checkDefinitions check defs;
              value =
                if nulls == length defs then
                  null
                else
                  throw "The option `${lib.showOption loc}` is defined both null and not null, in ${lib.showFiles (lib.getFiles defs)}.";
              valueMeta = { };
            };
      }
    );

  /**
    Of one type or, if that does not fit all definitions, of another.

    # Type
    `type -> type -> type`

    # Example
    ```nix
    map (lib.types.either lib.types.int lib.types.str).check [ 1 "1" true ]
    => [ true true false ]
    ```
  */
  either =
    t1: t2:
    mkOptionType (
      {
        name = "either";
        description = "${optionDescriptionPhrase (
          class: isNounOrConjunction class || class == "nonRestrictiveClause"
        ) t1}${lib.optionalString (t1.descriptionClass or null == "nonRestrictiveClause") ","} or ${
          optionDescriptionPhrase (class: isNounOrConjunction class || class == "composite") t2
        }";
        descriptionClass = "conjunction";
        functor = lib.defaultFunctor "either" // {
          wrapped = [
            t1
            t2
          ];
          type = payload: either (head payload.elemType) (lib.last payload.elemType);
          payload.elemType = [
            t1
            t2
          ];
          binOp =
            a: b:
            let
              left = (head a.elemType).typeMerge (head b.elemType).functor;
              right = (lib.last a.elemType).typeMerge (lib.last b.elemType).functor;
            in
            if left == null || right == null then
              null
            else
              {
                elemType = [
                  left
                  right
                ];
              };
        };
        nestedTypes.left = t1;
        nestedTypes.right = t2;
      }
      // checkedMerge {
        check = x: t1.check x || t2.check x;
        merge =
          { loc, defs }:
          let
            first = checkAndMerge t1 { inherit loc defs; };
            second = checkAndMerge t2 { inherit loc defs; };
          in
          if first.headError == null then
            first
          else if second.headError == null then
            second
          else
            {
              # Definitions may be of both types, each of its own.
              headError =
                let
                  error = checkDefinitions (x: t1.check x || t2.check x) defs;
                in
                if error != null then error else { message = "Definition values:${lib.options.showDefs defs}"; };
              value = unchecked "either" loc defs;
              valueMeta = { };
            };
      }
    );

  /**
    Of one of these types: of the first that fits all definitions.

    # Type
    `[type] -> type`

    # Example
    ```nix
    (lib.types.oneOf [ lib.types.int lib.types.bool lib.types.str ]).description
    => "signed integer or boolean or string"
    ```
  */
  oneOf =
    ts:
    if ts == [ ] then
      throw "types.oneOf needs to get at least one type in its argument"
    else
      builtins.foldl' either (head ts) (builtins.tail ts);
}
