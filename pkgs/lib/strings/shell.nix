/**
  Values as assignments in a shell script.
*/
{ lib }:
let
  inherit (lib.strings) isStringLike isValidPosixName toShellVar;
in
{
  /**
    Whether a shell accepts this as a variable's name.

    # Type
    `string -> bool`

    # Example
    ```nix
    map lib.isValidPosixName [ "foo_bar000" "0-bad.jpg" ]
    => [ true false ]
    ```
  */
  isValidPosixName = name: builtins.match "[a-zA-Z_][a-zA-Z0-9_]*" name != null;

  /**
    An assignment for Bash: a list becomes an array, a set an associative array.

    # Type
    `string -> (string | [string] | { <name> :: string }) -> string`

    # Example
    ```nix
    [ (lib.toShellVar "foo" "bar baz") (lib.toShellVar "list" [ "a" "b" ]) (lib.toShellVar "set" { a = "b"; }) ]
    => [ "foo='bar baz'" "declare -a list=(a b)" "declare -A set=([a]=b)" ]

    lib.toShellVar "0bad" "x"
    => error: toShellVar: 0bad is not a valid shell variable name
    ```
  */
  toShellVar =
    name: value:
    lib.throwIfNot (isValidPosixName name) "toShellVar: ${name} is not a valid shell variable name" (
      if builtins.isAttrs value && !isStringLike value then
        "declare -A ${name}=(${
          lib.concatStringsSep " " (
            lib.mapAttrsToList (key: v: "[${lib.escapeShellArg key}]=${lib.escapeShellArg v}") value
          )
        })"
      else if builtins.isList value then
        "declare -a ${name}=(${lib.escapeShellArgs value})"
      else
        "${name}=${lib.escapeShellArg value}"
    );

  /**
    A set as assignments, one on each line.

    # Type
    `{ <name> :: string | [string] | { … } } -> string`

    # Example
    ```nix
    lib.toShellVars { a = "x"; b = [ 1 2 ]; }
    => "a=x\ndeclare -a b=(1 2)"
    ```
  */
  toShellVars = vars: lib.concatStringsSep "\n" (lib.mapAttrsToList toShellVar vars);
}
