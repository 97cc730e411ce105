/**
  Formats of configuration files: for each the type that a module's option has, and a function that
  writes a value as a file.
*/
{ lib, writeText }:
let
  inherit (lib) types;

  /** Values that JSON has: of atoms, lists and sets. */
  json =
    let
      value =
        types.nullOr (
          types.oneOf [
            types.bool
            types.int
            types.float
            types.str
            types.path
            (types.attrsOf value)
            (types.listOf value)
          ]
        )
        // {
          description = "JSON value";
        };
    in
    value;

  atom = types.nullOr (
    types.oneOf [
      types.bool
      types.int
      types.float
      types.str
    ]
  );
in
{
  json =
    { }:
    {
      type = json;
      generate = name: value: writeText name (builtins.toJSON value);
    };

  # Every JSON text is a YAML text.
  yaml =
    { }:
    {
      type = json // {
        description = "YAML value";
      };
      generate = name: value: writeText name (lib.generators.toYAML { } value);
    };

  toml =
    { }:
    {
      type = json // {
        description = "TOML value";
      };
      generate = name: value: writeText name (lib.generators.toTOML or (throw "formats.toml: lib has no toTOML") { } value);
    };

  ini =
    {
      listsAsDuplicateKeys ? false,
      listToValue ? null,
      ...
    }@args:
    {
      type = types.attrsOf (
        types.attrsOf (if listsAsDuplicateKeys || listToValue != null then types.either atom (types.listOf atom) else atom)
      );
      generate =
        name: value:
        writeText name (
          lib.generators.toINI (removeAttrs args [ "listToValue" ]) (
            if listToValue == null then
              value
            else
              lib.mapAttrs (
                _: lib.mapAttrs (_: entry: if lib.isList entry then listToValue entry else entry)
              ) value
          )
        );
    };

  keyValue =
    {
      listsAsDuplicateKeys ? false,
      ...
    }@args:
    {
      type = types.attrsOf (if listsAsDuplicateKeys then types.either atom (types.listOf atom) else atom);
      generate = name: value: writeText name (lib.generators.toKeyValue args value);
    };
}
