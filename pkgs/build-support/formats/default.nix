/**
  Formats of configuration files: for each the type that a module's option has, and a function that
  writes a value as a file.
*/
{ lib, writeText }:
let
  inherit (lib) types;

  toTOML = import ./to-toml.nix { inherit lib; };

  /** What stands behind one key. */
  atom = types.nullOr (
    types.oneOf [
      types.bool
      types.int
      types.float
      types.str
    ]
  );

  /** What a section holds: lists where they have a meaning. */
  section =
    {
      listsAsDuplicateKeys ? false,
      listToValue ? null,
      ...
    }:
    assert lib.assertMsg (
      !listsAsDuplicateKeys || listToValue == null
    ) "formats: listsAsDuplicateKeys and listToValue exclude each other";
    types.attrsOf (
      if listsAsDuplicateKeys || listToValue != null then types.either atom (types.listOf atom) else atom
    );

  /** A section with its lists as single values, if that was wished. */
  joinLists =
    {
      listToValue ? null,
      ...
    }:
    lib.mapAttrs (
      _: value: if listToValue != null && lib.isList value then listToValue value else value
    );

  forGenerator = args: removeAttrs args [ "listToValue" ];

  # Every JSON text is a YAML text.
  yaml =
    { }:
    {
      type = types.serializableValueWith { typeName = "YAML"; };
      generate = name: value: writeText name (lib.generators.toYAML { } value);
    };
in
{
  json =
    { }:
    {
      type = types.json;
      generate = name: value: writeText name (builtins.toJSON value);
    };

  inherit yaml;
  yaml_1_1 = yaml;
  yaml_1_2 = yaml;

  toml =
    { }:
    {
      type = types.toml;
      generate = name: value: writeText name (toTOML value);
    };

  ini =
    {
      listsAsDuplicateKeys ? false,
      listToValue ? null,
      ...
    }@args:
    {
      type = types.attrsOf (section args);
      generate =
        name: value:
        writeText name (lib.generators.toINI (forGenerator args) (lib.mapAttrs (_: joinLists args) value));
    };

  iniWithGlobalSection =
    {
      listsAsDuplicateKeys ? false,
      listToValue ? null,
      ...
    }@args:
    {
      type = types.submodule {
        options = {
          globalSection = lib.mkOption {
            type = section args;
            default = { };
            description = "What stands above the first section.";
          };
          sections = lib.mkOption {
            type = types.attrsOf (section args);
            default = { };
            description = "The sections, by their names.";
          };
        };
      };
      generate =
        name:
        {
          globalSection ? { },
          sections ? { },
          ...
        }:
        writeText name (
          lib.generators.toINIWithGlobalSection (forGenerator args) {
            globalSection = joinLists args globalSection;
            sections = lib.mapAttrs (_: joinLists args) sections;
          }
        );
    };

  gitIni =
    {
      listsAsDuplicateKeys ? false,
      ...
    }@args:
    {
      type = types.attrsOf (
        types.attrsOf (types.either (section args).nestedTypes.elemType (section args))
      );
      generate = name: value: writeText name (lib.generators.toGitINI value);
    };

  keyValue =
    {
      listsAsDuplicateKeys ? false,
      listToValue ? null,
      ...
    }@args:
    {
      type = section args;
      generate =
        name: value:
        writeText name (lib.generators.toKeyValue (forGenerator args) (joinLists args value));
    };
}
