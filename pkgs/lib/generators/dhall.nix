/**
  Dhall.
*/
{ lib }:
let
  inherit (builtins)
    isAttrs
    isBool
    isInt
    isList
    toJSON
    ;
in
{
  /**
    A value in Dhall. It has no null, and no functions either.

    # Type
    `{ } -> any -> string`

    # Example
    ```nix
    lib.generators.toDhall { } { a = 1; b = [ true ]; c = "x"; }
    => "{ a = +1, b = [ True ], c = \"x\" }"
    ```
  */
  toDhall =
    { }@args:
    v:
    let
      inner = lib.generators.toDhall args;
    in
    if isAttrs v then
      "{ ${lib.concatMapAttrsStringSep ", " (name: value: "${name} = ${inner value}") v} }"
    else if isList v then
      "[ ${lib.concatMapStringsSep ", " inner v} ]"
    else if isInt v then
      (if v < 0 then "" else "+") + toString v
    else if isBool v then
      (if v then "True" else "False")
    else if lib.isFunction v then
      abort "generators.toDhall: cannot convert a function to Dhall"
    else if v == null then
      abort "generators.toDhall: cannot convert a null to Dhall"
    else
      toJSON v;
}
