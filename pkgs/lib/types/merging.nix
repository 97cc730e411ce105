# Helpers of the types in this directory; not part of `lib`.
{ lib }:
let
  inherit (lib.options) showDefs showOption;
in
rec {
  # What a type makes of definitions, whichever way it is written: `headError`, `value` and
  # `valueMeta`. It does not fail where a definition has the wrong type, but says so in `headError`.
  checkAndMerge =
    type:
    args@{ loc, defs }:
    if type.merge ? v2 then
      # Such a type checks while it merges. What somebody puts in place of its `check` would not be
      # used.
      if type.check.isV2MergeCoherent or false then
        type.merge.v2 args
      else
        throw ''
          The option `${showOption loc}' has a type `${type.description}' with an ad-hoc `type // { check = ...; }` override, which is incompatible with how this type merges.
          Please use `lib.types.addCheck` instead of `type // { check = ...; }` to add a check.''
    else
      {
        headError = checkDefinitions type.check defs;
        value = type.merge loc defs;
        valueMeta = { };
      };

  # Null if `check` is true of all definitions, else a set with a `message` that shows those of
  # which it is false.
  checkDefinitions =
    check: defs:
    let
      bad = builtins.filter (def: !check def.value) defs;
    in
    if bad == [ ] then null else { message = "Definition values:${showDefs bad}"; };

  # `check` and `merge` of a type that checks while it merges.
  checkedMerge =
    { check, merge }:
    {
      check = {
        __functor = _: check;
        isV2MergeCoherent = true;
      };
      merge = {
        __functor =
          self: loc: defs:
          (self.v2 { inherit loc defs; }).value;
        v2 = merge;
      };
    };

  # The functor of a type that has one type as its parameter.
  wrappingFunctor = name: make: elemType: {
    inherit name;
    type = payload: make payload.elemType;
    wrapped = elemType;
    payload = { inherit elemType; };
    binOp =
      a: b:
      let
        merged = a.elemType.typeMerge b.elemType.functor;
      in
      if merged == null then null else { elemType = merged; };
  };

  # The sets that definitions are, as definitions of their attributes.
  attributeDefinitions = map (
    def:
    builtins.mapAttrs (_: value: {
      inherit (def) file;
      inherit value;
    }) def.value
  );

  isNoun = class: class == "noun";
  isNounOrComposite = class: class == "noun" || class == "composite";
  isNounOrConjunction = class: class == "noun" || class == "conjunction";
}
