/**
  Lua.
*/
{ lib }:
let
  inherit (builtins)
    isAttrs
    isBool
    isFloat
    isInt
    isList
    isPath
    isString
    toJSON
    ;
  inherit (lib.generators) toLua;
in
{
  /**
    Code in Lua that `toLua` writes as it is, in parentheses.

    # Type
    `string -> { _type, expr }`

    # Example
    ```nix
    lib.generators.toLua { } { x = lib.mkLuaInline "1 + 1"; }
    => "{\n  [\"x\"] = (1 + 1)\n}"
    ```
  */
  mkLuaInline = expr: {
    _type = "lua-inline";
    inherit expr;
  };

  /**
    A value in Lua. Lists and sets are tables.

    # Inputs
    - `multiline`: whether tables take several lines
    - `indent`: what further lines start with
    - `asBindings`: whether a set is written as assignments to variables

    # Type
    `{ multiline ? true, indent ? "", asBindings ? false } -> any -> string`

    # Example
    ```nix
    lib.generators.toLua { multiline = false; } { cmd = [ "typescript-language-server" "--stdio" ]; n = null; }
    => "{ [\"cmd\"] = { \"typescript-language-server\", \"--stdio\" }, [\"n\"] = nil }"

    lib.generators.toLua { asBindings = true; } { x = 1; "y.z" = true; }
    => "x = 1\ny.z = true\n"
    ```
  */
  toLua =
    {
      multiline ? true,
      indent ? "",
      asBindings ? false,
    }@args:
    let
      innerIndent = "${indent}  ";
      intro = if multiline then "\n${innerIndent}" else " ";
      outro = if multiline then "\n${indent}" else " ";
      inner = toLua (
        args
        // {
          indent = innerIndent;
          asBindings = false;
        }
      );
      table = items: "{${intro}${lib.concatStringsSep ",${intro}" items}${outro}}";
      validName = "[[:alpha:]_][[:alnum:]_]*(\\.[[:alpha:]_][[:alnum:]_]*)*";
      binding =
        name: value:
        if builtins.match validName name == null then
          throw "attribute ${toJSON name} is not a valid Lua variable name"
        else
          "${indent}${name} = ${toLua (args // { asBindings = false; }) value}\n";
    in
    v:
    if asBindings then
      lib.concatStrings (lib.mapAttrsToList binding v)
    else if v == null then
      "nil"
    else if isInt v || isFloat v || isString v || isBool v then
      toJSON v
    else if isPath v || lib.isDerivation v then
      toJSON "${v}"
    else if isList v then
      if v == [ ] then "{}" else table (map inner v)
    else if isAttrs v then
      if lib.isType "lua-inline" v then
        "(${v.expr})"
      else if v == { } then
        "{}"
      else
        table (lib.mapAttrsToList (name: value: "[${toJSON name}] = ${inner value}") v)
    else
      abort "generators.toLua: type ${builtins.typeOf v} is unsupported";
}
