/**
  One value out of definitions.
*/
{ lib }:
let
  inherit (builtins)
    concatMap
    isAttrs
    isBool
    mapAttrs
    ;
  inherit (lib) showOption;
  inherit (lib.modules)
    defaultOrderPriority
    defaultOverridePriority
    dischargeProperties
    filterOverrides'
    mapDefinitionValue
    mkIf
    mkOverride
    pushDownProperties
    sortProperties
    ;
  inherit (import ../types/merging.nix { inherit lib; }) checkAndMerge;

  kindOf = value: if isAttrs value then value._type or null else null;

  checkCondition =
    condition:
    if isBool condition then condition else throw "‘mkIf’ called with a non-Boolean condition";

  # A definition without `mkIf`, `mkMerge` and `mkDefinition` around its value: as many as are left.
  discharge =
    def:
    let
      kind = kindOf def.value;
    in
    if kind == "definition" then
      discharge {
        inherit (def.value) file value;
      }
    else if kind == "merge" || kind == "if" then
      concatMap (value: discharge (def // { inherit value; })) (
        if kind == "merge" then
          def.value.contents
        else
          lib.optional (checkCondition def.value.condition) def.value.content
      )
    else
      [ def ];
in
{
  /**
    The values that are left of a definition when `mkIf` and `mkMerge` have had their effect.

    # Type
    `definition -> [a]`

    # Example
    ```nix
    lib.dischargeProperties (lib.mkMerge [ 1 (lib.mkIf false 2) (lib.mkIf true 3) ])
    => [ 1 3 ]
    ```
  */
  dischargeProperties =
    value:
    let
      kind = kindOf value;
    in
    if kind == "merge" then
      concatMap dischargeProperties value.contents
    else if kind == "if" then
      lib.optionals (checkCondition value.condition) (dischargeProperties value.content)
    else
      [ value ];

  /**
    A definition of a set as definitions of its attributes: `mkIf`, `mkMerge` and `mkOverride` move
    to these.

    # Type
    `definition -> [ { <name> :: definition } ]`

    # Example
    ```nix
    lib.pushDownProperties (lib.mkIf true { a = 1; })
    => [ { a = { _type = "if"; condition = true; content = 1; }; } ]
    ```
  */
  pushDownProperties =
    config:
    let
      kind = kindOf config;
    in
    if kind == "merge" then
      concatMap pushDownProperties config.contents
    else if kind == "if" then
      map (mapAttrs (_: mkIf config.condition)) (pushDownProperties config.content)
    else if kind == "override" then
      map (mapAttrs (_: mkOverride config.priority)) (pushDownProperties config.content)
    else
      [ config ];

  /**
    The definitions that count: those with the strongest priority, which is taken off.

    # Type
    `[ { file, value } ] -> [ { file, value } ]`

    # Example
    ```nix
    lib.filterOverrides [ { file = "a"; value = 1; } { file = "b"; value = lib.mkForce 2; } ]
    => [ { file = "b"; value = 2; } ]
    ```
  */
  filterOverrides = defs: (filterOverrides' defs).values;

  /**
    Like `filterOverrides`; also returns the priority.

    # Type
    `[ { file, value } ] -> { values, highestPrio }`

    # Example
    ```nix
    (lib.modules.filterOverrides' [ { file = "a"; value = 1; } { file = "b"; value = lib.mkForce 2; } ]).highestPrio
    => 50
    ```
  */
  filterOverrides' =
    defs:
    let
      priorityOf =
        def: if kindOf def.value == "override" then def.value.priority else defaultOverridePriority;
      highestPrio = builtins.foldl' (prio: def: lib.min (priorityOf def) prio) 9999 defs;
      strip =
        def: if kindOf def.value == "override" then def // { value = def.value.content; } else def;
    in
    {
      values = concatMap (def: if priorityOf def == highestPrio then [ (strip def) ] else [ ]) defs;
      inherit highestPrio;
    };

  /**
    The definitions in the order that `mkOrder` gives them, which is taken off.

    # Type
    `[ { file, value } ] -> [ { file, value } ]`

    # Example
    ```nix
    map (def: def.value) (lib.sortProperties [ { file = "a"; value = 1; } { file = "b"; value = lib.mkBefore 2; } ])
    => [ 2 1 ]
    ```
  */
  sortProperties =
    defs:
    let
      strip =
        def:
        if kindOf def.value == "order" then
          def
          // {
            value = def.value.content;
            inherit (def.value) priority;
          }
        else
          def;
      place = def: def.priority or defaultOrderPriority;
    in
    builtins.sort (a: b: place a < place b) (map strip defs);

  /**
    What definitions of an option mean together.

    Returns
    - `mergedValue`: the value; an error where nothing is defined or a type does not fit
    - `isDefined`, and `optionalValue`: `{ value = …; }` if so
    - `defsFinal`: the definitions that count, in order
    - `defsFinal'`: the same and their `highestPrio`
    - `checkedAndMerged`: `value`, `headError` and `valueMeta`, as the type returns them

    # Type
    `[string] -> type -> [ { file, value } ] -> { mergedValue, isDefined, … }`

    # Example
    ```nix
    (lib.mergeDefinitions [ "x" ] (lib.types.listOf lib.types.int) [ { file = "a"; value = [ 1 ]; } { file = "b"; value = lib.mkIf true [ 2 ]; } ]).mergedValue
    => [ 1 2 ]

    (lib.mergeDefinitions [ "x" ] lib.types.int [ { file = "a.nix"; value = "text"; } ]).mergedValue
    => error: A definition for option `x' is not of type `signed integer'. Definition values:\n- In `a.nix': "text"
    ```
  */
  mergeDefinitions = loc: type: defs: rec {
    defsFinal' =
      let
        discharged = concatMap (
          def:
          builtins.addErrorContext "while evaluating definitions from `${def.file}':" (discharge def)
        ) defs;
        strongest = filterOverrides' discharged;
        ordered = builtins.any (def: kindOf def.value == "order") strongest.values;
      in
      {
        # Sorting looks at all values, which most often is not needed.
        values = if ordered then sortProperties strongest.values else strongest.values;
        inherit (strongest) highestPrio;
      };
    defsFinal = defsFinal'.values;
    isDefined = defsFinal != [ ];

    checkedAndMerged =
      if isDefined then
        checkAndMerge type {
          inherit loc;
          defs = defsFinal;
        }
      else if type.emptyValue ? value then
        # Defaults within a submodule count even if nothing of it is defined.
        checkAndMerge type {
          inherit loc;
          defs = [
            {
              file = lib.unknownModule;
              inherit (type.emptyValue) value;
            }
          ];
        }
      else
        {
          headError = null;
          value = throw "The option `${showOption loc}' was accessed but has no value defined. Try setting the option.";
          valueMeta = { };
        };

    mergedValue =
      if checkedAndMerged.headError != null then
        throw "A definition for option `${showOption loc}' is not of type `${type.description}'. ${checkedAndMerged.headError.message}"
      else
        checkedAndMerged.value;

    optionalValue = if isDefined then { value = mergedValue; } else { };
  };

  /**
    For an option that holds a set: which definitions of each attribute count, and with which
    priority.

    # Type
    `option -> { <name> :: { values, highestPrio } }`

    # Example
    ```nix
    let eval = lib.evalModules { modules = [ { options.x = lib.mkOption { type = lib.types.attrsOf lib.types.int; }; config.x.a = lib.mkForce 1; } ]; }; in
    (lib.modules.mergeAttrDefinitionsWithPrio eval.options.x).a.highestPrio
    => 50
    ```
  */
  mergeAttrDefinitionsWithPrio =
    opt:
    let
      inherit (import ../types/merging.nix { inherit lib; }) attributeDefinitions;
      defs = concatMap (
        def: map (value: { inherit (def) file; inherit value; }) (pushDownProperties def.value)
      ) opt.definitionsWithLocations;
    in
    assert lib.isOption opt;
    mapAttrs (_: attrDefs: filterOverrides' (concatMap discharge attrDefs)) (
      lib.zipAttrs (attributeDefinitions defs)
    );

  /**
    Applies a function to the values in a definition, within all that it is wrapped in.

    # Type
    `(a -> b) -> definition -> definition`

    # Example
    ```nix
    (lib.modules.mapDefinitionValue (x: x + 1) (lib.mkIf true (lib.mkForce 1))).content.content
    => 2
    ```
  */
  mapDefinitionValue =
    f: def:
    let
      kind = kindOf def;
    in
    if kind == "merge" then
      def // { contents = map (mapDefinitionValue f) def.contents; }
    else if kind == "if" || kind == "override" || kind == "order" then
      def // { content = mapDefinitionValue f def.content; }
    else if kind == "definition" then
      def // { value = mapDefinitionValue f def.value; }
    else
      f def;
}
