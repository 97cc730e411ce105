/**
  Types that take anything.
*/
{ lib }:
let
  inherit (builtins) head isAttrs length typeOf;
  inherit (lib.types) mkOptionType;
in
{
  /**
    Anything; several definitions are merged as `mergeDefaultOption` does. What an option without a
    type has.

    # Type
    `type`

    # Example
    ```nix
    lib.types.unspecified.description
    => "unspecified value"
    ```
  */
  unspecified = mkOptionType {
    name = "unspecified";
    description = "unspecified value";
    descriptionClass = "noun";
  };

  /**
    Anything, just as it is: it may be defined once, and is not looked into.

    # Type
    `type`

    # Example
    ```nix
    lib.types.raw.merge [ "x" ] [ { file = "a"; value = { y = lib.mkForce 1; }; } ]
    => { y = { _type = "override"; content = 1; priority = 50; }; }
    ```
  */
  raw = mkOptionType {
    name = "raw";
    description = "raw value";
    descriptionClass = "noun";
    check = _: true;
    merge = lib.mergeOneOption;
  };

  /**
    Anything. Sets are merged with sets, functions by their results; everything else must be equal
    where it is defined twice. Understands `mkIf` and the like within sets.

    # Type
    `type`

    # Example
    ```nix
    lib.types.anything.merge [ "x" ] [ { file = "a"; value = { a = 1; }; } { file = "b"; value = { b = lib.mkIf false 2; c = 3; }; } ]
    => { a = 1; c = 3; }
    ```
  */
  anything = mkOptionType {
    name = "anything";
    description = "anything";
    descriptionClass = "noun";
    check = _: true;
    merge =
      loc: defs:
      let
        # A set that is a string for all that matters is not a set to look into.
        kindOf =
          value: if isAttrs value && lib.isStringLike value then "stringCoercibleSet" else typeOf value;
        kind = kindOf (head defs).value;
        other = lib.findFirst (def: kindOf def.value != kind) null defs;
        merge =
          {
            set = (lib.types.attrsOf lib.types.anything).merge;
            list = if length defs == 1 then (lib.types.listOf lib.types.anything).merge else lib.mergeEqualOption;
            lambda =
              loc: defs: x:
              lib.types.anything.merge (loc ++ [ "<function body>" ]) (
                map (def: {
                  inherit (def) file;
                  value = def.value x;
                }) defs
              );
          }
          .${kind} or lib.mergeEqualOption;
      in
      if other != null then
        throw "The option `${lib.showOption loc}' has conflicting option types in ${lib.showFiles (lib.getFiles defs)}"
      else
        merge loc defs;
  };
}
