/**
  JSON, and YAML, which contains it.
*/
{ lib }:
{
  /**
    JSON.

    # Type
    `{ } -> any -> string`

    # Example
    ```nix
    lib.generators.toJSON { } { a = [ 1 null ]; }
    => "{\"a\":[1,null]}"
    ```
  */
  toJSON = { }: builtins.toJSON;

  /**
    YAML: everything that is JSON is YAML as well.

    # Type
    `{ } -> any -> string`

    # Example
    ```nix
    lib.generators.toYAML { } { a = true; }
    => "{\"a\":true}"
    ```
  */
  toYAML = { }: builtins.toJSON;
}
