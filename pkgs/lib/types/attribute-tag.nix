/**
  Sets with one attribute, the name of which says what it holds.
*/
{ lib }:
let
  inherit (builtins)
    attrNames
    head
    isAttrs
    length
    mapAttrs
    ;
  inherit (lib.types) attrTag mkOptionType;
  inherit (import ./merging.nix { inherit lib; }) attributeDefinitions checkDefinitions checkedMerge;
in
{
  /**
    A set with exactly one of the attributes for which there is an option in `tags`.

    # Type
    `{ <tag> :: option } -> type`

    # Example
    ```nix
    let
      t = lib.types.attrTag { left = lib.mkOption { type = lib.types.int; }; right = lib.mkOption { type = lib.types.str; }; };
    in
    [ t.description (t.check { left = 1; }) (t.check { up = 1; }) (t.merge [ "x" ] [ { file = "a"; value = { right = "r"; }; } ]) ]
    => [ "attribute-tagged union with choices: left, right" true false { right = "r"; } ]
    ```
  */
  attrTag =
    tags:
    let
      names = attrNames tags;

      # A declaration as modules have it, with the place that it stands at.
      declarationOf =
        tag: option:
        let
          pos = builtins.unsafeGetAttrPos tag tags;
        in
        if !lib.isOption option then
          throw "In attrTag, each tag value must be an option, but tag ${tag} ${
            if lib.isOptionType option then
              "was a bare type, not wrapped in mkOption."
            else if isAttrs option && option ? _type then
              "was a set of type ${option._type}."
            else
              "was not."
          }"
        # Where two types were merged this was done before.
        else if option ? declarations then
          option
        else
          option
          // {
            declarations = if pos == null then [ ] else [ pos.file ];
            declarationPositions = if pos == null then [ ] else [ pos ];
          };
      options = mapAttrs declarationOf tags;
      # The option at a place. Where two declarations were merged, their submodules still have to be
      # put into the type.
      complete =
        loc: option:
        (
          if option ? options then
            lib.modules.fixupOptionType loc option
          else
            option // { type = option.type or lib.types.unspecified; }
        )
        // {
          inherit loc;
        };
      check =
        value:
        isAttrs value
        && (
          let
            given = attrNames value;
          in
          length given == 1 && tags ? ${head given}
        );
    in
    mkOptionType (
      {
        name = "attrTag";
        description = "attribute-tagged union with choices: ${lib.concatStringsSep ", " names}";
        getSubOptions = prefix: mapAttrs (name: complete (prefix ++ [ name ])) options;
        functor = lib.defaultFunctor "attrTag" // {
          type = payload: attrTag payload.tags;
          payload = {
            tags = options;
          };
          binOp =
            a: b:
            let
              declaration = option: {
                _file = head (option.declarations ++ [ lib.unknownModule ]);
                pos = head (option.declarationPositions ++ [ null ]);
                options = builtins.removeAttrs option [
                  "declarations"
                  "declarationPositions"
                  "loc"
                  "options"
                ];
              };
              merge =
                name: option:
                if b.tags ? ${name} then
                  lib.mergeOptionDecls [ name ] [
                    (declaration option)
                    (declaration b.tags.${name})
                  ]
                  // {
                    declarations = option.declarations ++ b.tags.${name}.declarations;
                    declarationPositions = option.declarationPositions ++ b.tags.${name}.declarationPositions;
                  }
                else
                  option;
            in
            {
              tags = b.tags // mapAttrs merge a.tags;
            };
        };
        nestedTypes = mapAttrs (_: option: option.type or lib.types.unspecified) tags;
      }
      // checkedMerge {
        inherit check;
        merge =
          { loc, defs }:
          let
            choice = head (attrNames (head defs).value);
            other = lib.findFirst (def: !def.value ? ${choice}) null defs;
            location = loc ++ [ choice ];
            evaluated = lib.evalOptionValue location (complete location options.${choice}) (
              map (definitions: definitions.${choice}) (attributeDefinitions defs)
            );
          in
          {
            headError =
              let
                error = checkDefinitions check defs;
              in
              if error != null then
                error
              else if other != null then
                {
                  message = "It is defined both as `${choice}' and as `${head (attrNames other.value)}'. Definition values:${lib.options.showDefs defs}";
                }
              else
                null;
            value = {
              ${choice} = evaluated.value;
            };
            valueMeta = evaluated.valueMeta or { };
          };
      }
    );
}
