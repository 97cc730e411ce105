/**
  Values that can be written to a file of configuration.
*/
{ lib }:
let
  inherit (lib.types) serializableValueWith;
in
{
  /**
    What a format can hold: booleans, numbers, strings, paths, and lists and sets of such.

    # Inputs
    - `typeName`: the format's name
    - `nullable`: whether it has null

    # Type
    `{ typeName :: string, nullable ? true } -> type`

    # Example
    ```nix
    let t = lib.types.serializableValueWith { typeName = "INI"; nullable = false; }; in
    [ t.description (t.check 1) (t.check null) ]
    => [ "INI value" true false ]
    ```
  */
  serializableValueWith =
    {
      typeName,
      nullable ? true,
    }:
    let
      base = lib.types.oneOf [
        lib.types.bool
        lib.types.int
        lib.types.float
        lib.types.str
        lib.types.path
        (lib.types.attrsOf value)
        (lib.types.listOf value)
      ];
      value = (if nullable then lib.types.nullOr base else base) // {
        description = "${typeName} value";
        descriptionClass = "noun";
      };
    in
    value;

  /**
    What JSON can hold.

    # Type
    `type`

    # Example
    ```nix
    map lib.types.json.check [ { a = [ null ]; } (x: x) ]
    => [ true false ]
    ```
  */
  json = serializableValueWith { typeName = "JSON"; };

  /**
    What TOML can hold.

    # Type
    `type`

    # Example
    ```nix
    map lib.types.toml.check [ { a = [ 1 ]; } null ]
    => [ true false ]
    ```
  */
  toml = serializableValueWith {
    typeName = "TOML";
    nullable = false;
  };
}
