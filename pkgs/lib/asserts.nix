/**
  Conditions that explain themselves when they do not hold: for `assert`.
*/
{ lib }:
let
  inherit (lib.asserts) assertMsg;

  show = list: lib.generators.toPretty { } list;
in
{
  /**
    `condition`, which must hold; else `message` says why evaluation fails.

    # Type
    `bool -> string -> bool`

    # Example
    ```nix
    assert lib.assertMsg (1 + 1 == 2) "arithmetic is broken"; "fine"
    => "fine"

    lib.assertMsg false "nope"
    => error: nope
    ```
  */
  assertMsg = condition: message: condition || throw message;

  /**
    Fails unless `value` is one of `valid`; `name` says what it is.

    # Type
    `string -> a -> [a] -> bool`

    # Example
    ```nix
    lib.assertOneOf "tls" "openssl" [ "openssl" "libressl" ]
    => true

    lib.assertOneOf "tls" "none" [ "openssl" ]
    => error: tls must be one of [ "openssl" ], but is: "none"
    ```
  */
  assertOneOf =
    name: value: valid:
    assertMsg (builtins.elem value valid) "${name} must be one of ${
      lib.generators.toPretty { multiline = false; } valid
    }, but is: ${show value}";

  /**
    Fails unless each of `values` is one of `valid`.

    # Type
    `string -> [a] -> [a] -> bool`

    # Example
    ```nix
    lib.asserts.assertEachOneOf "features" [ "a" "b" ] [ "a" "b" "c" ]
    => true

    lib.asserts.assertEachOneOf "features" [ "z" ] [ "a" ]
    => error: each element in features must be one of [ "a" ], but is: [ "z" ]
    ```
  */
  assertEachOneOf =
    name: values: valid:
    assertMsg (builtins.all (value: builtins.elem value valid) values)
      "each element in ${name} must be one of ${
        lib.generators.toPretty { multiline = false; } valid
      }, but is: ${lib.generators.toPretty { multiline = false; } values}";

  /**
    `value`, if all assertions hold, with the warnings printed. For what modules collect in
    `config.assertions` and `config.warnings`.

    # Type
    `[ { assertion :: bool, message :: string } ] -> [string] -> a -> a`

    # Example
    ```nix
    lib.asserts.checkAssertWarn [ { assertion = true; message = "x"; } ] [ ] "value"
    => "value"

    lib.asserts.checkAssertWarn [ { assertion = false; message = "too small"; } ] [ ] "value"
    => error: \nFailed assertions:\n- too small
    ```
  */
  checkAssertWarn =
    assertions: warnings: value:
    let
      failed = map (x: x.message) (builtins.filter (x: !x.assertion) assertions);
    in
    if failed != [ ] then
      throw "\nFailed assertions:\n${lib.concatMapStringsSep "\n" (x: "- ${x}") failed}"
    else
      lib.showWarnings warnings value;
}
