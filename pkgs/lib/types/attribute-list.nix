/**
  Lists of sets with one attribute each: attributes in an order, and as often as one likes. Command
  lines and sections of some files of configuration are such.
*/
{ lib }:
let
  inherit (builtins)
    attrNames
    concatMap
    head
    isAttrs
    isList
    length
    typeOf
    ;
  inherit (lib.modules) defaultOrderPriority defaultOverridePriority;
  inherit (lib.types) attrListWith mkOptionType optionDescriptionPhrase;
  inherit (import ./merging.nix { inherit lib; })
    checkDefinitions
    checkedMerge
    isNounOrComposite
    ;

  # A value without `mkIf`, `mkMerge` and `mkOrder` around it, and its place. With `toPriority`,
  # what is within `mkOverride` is left alone: if another one is stronger nobody looks at it.
  peel =
    toPriority: entry@{ value, ... }:
    let
      kind = if isAttrs value then value._type or "" else "";
      inner = more: content: peel toPriority (entry // { value = content; } // more);
    in
    if kind == "if" then
      (if value.condition then inner { } value.content else [ ])
    else if kind == "merge" then
      concatMap (inner { }) value.contents
    else if kind == "order" then
      inner { order = value.priority; } value.content
    else if kind == "override" then
      (
        if toPriority then
          [ (entry // { inherit (value) priority; value = value.content; }) ]
        else
          inner { inherit (value) priority; } value.content
      )
    else
      [ entry ];

  plain = {
    order = defaultOrderPriority;
    priority = defaultOverridePriority;
  };
  elementsOf = value: concatMap (v: peel false (plain // { value = v; })) value;

  # Each attribute of a definition, in whichever form it is written.
  entriesOf =
    { file, value }:
    concatMap (
      element:
      concatMap (
        name:
        peel true {
          inherit file name;
          inherit (element) order priority;
          value = element.value.${name};
        }
      ) (attrNames element.value)
    ) (if isList value then elementsOf value else [ (plain // { inherit value; }) ]);

  # What is wrong with the elements of a list, or null.
  elementError =
    defs:
    let
      elements = concatMap (def: if isList def.value then elementsOf def.value else [ ]) defs;
      bad = lib.findFirst ({ value, ... }: !isAttrs value || length (attrNames value) != 1) null elements;
    in
    if bad == null then
      null
    else if !isAttrs bad.value then
      { message = "Each list element must be an attribute set, but got ${typeOf bad.value}"; }
    else
      {
        message = "Each list element must be a single-key attribute set, but got ${toString (length (attrNames bad.value))} keys";
      };
in
{
  /**
    A list of sets with one attribute each, the values of which are of a type. It can also be
    defined as a set; `mkOrder` on values says where they stand.

    # Type
    `type -> type`

    # Example
    ```nix
    (lib.types.attrListOf lib.types.int).merge [ "x" ] [ { file = "a"; value = { b = lib.mkAfter 2; c = 3; }; } { file = "b"; value = [ { b = 1; } ]; } ]
    => [ { c = 3; } { b = 1; } { b = 2; } ]
    ```
  */
  attrListOf = elemType: attrListWith { inherit elemType; };

  /**
    The general form of `attrListOf`.

    # Inputs
    - `elemType`: the type of values
    - `asAttrs`: whether the value is a set, and the list only in the option's
      `valueMeta.attrListValue`
    - `mergeAttrValues`: makes one value of those that a name has in the list, for such a set

    # Type
    `{ elemType, asAttrs ? false, mergeAttrValues ? (name: values: values) } -> type`

    # Example
    ```nix
    let t = lib.types.attrListWith { elemType = lib.types.int; asAttrs = true; mergeAttrValues = name: lib.last; }; in
    t.merge [ "x" ] [ { file = "a"; value = [ { b = 1; } { b = 2; } ]; } ]
    => { b = 2; }
    ```
  */
  attrListWith =
    {
      elemType,
      asAttrs ? false,
      mergeAttrValues ? (_name: values: values),
    }:
    mkOptionType (
      {
        name = "attrListOf";
        description = "attribute list of ${optionDescriptionPhrase isNounOrComposite elemType}";
        descriptionClass = "composite";
        emptyValue.value = if asAttrs then { } else [ ];
        getSubOptions = prefix: elemType.getSubOptions (prefix ++ [ "<name>" ]);
        inherit (elemType) getSubModules;
        substSubModules =
          modules:
          attrListWith {
            elemType = elemType.substSubModules modules;
            inherit asAttrs mergeAttrValues;
          };
        typeMerge = _: null;
        nestedTypes = { inherit elemType; };
      }
      // checkedMerge {
        check = x: isList x || isAttrs x;
        merge =
          { loc, defs }:
          let
            all = concatMap entriesOf defs;
            # `mkForce` on a value is about values of the same name.
            strongest = lib.mapAttrs (
              _: entries: builtins.foldl' (least: entry: lib.min least entry.priority) (head entries).priority entries
            ) (lib.groupBy (entry: entry.name) all);
            kept = concatMap (peel false) (
              builtins.filter (entry: entry.priority == strongest.${entry.name}) all
            );
            sorted = builtins.sort (a: b: a.order < b.order) kept;
            evaluated = map (
              entry:
              entry
              // {
                merged = lib.mergeDefinitions (loc ++ [ entry.name ]) elemType [
                  { inherit (entry) file value; }
                ];
              }
            ) sorted;
            list = map (entry: { ${entry.name} = entry.merged.mergedValue; }) evaluated;
          in
          {
            headError =
              let
                error = checkDefinitions (x: isList x || isAttrs x) defs;
              in
              if error != null then
                { message = "TypeError: ${error.message}"; }
              else
                elementError defs;
            value = if asAttrs then lib.zipAttrsWith mergeAttrValues list else list;
            valueMeta = {
              attrList = map (entry: entry.merged.checkedAndMerged.valueMeta) evaluated;
              attrListValue = list;
              # What another option can be defined with: in the same order, and with the same files.
              definitions = map (
                entry:
                lib.mkDefinition {
                  inherit (entry) file;
                  value = lib.mkOrder entry.order { ${entry.name} = entry.merged.mergedValue; };
                }
              ) evaluated;
            };
          };
      }
    );
}
