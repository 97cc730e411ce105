/**
  Values as people read them: for messages.
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
    mapAttrs
    ;
  inherit (lib) boolToString concatStringsSep;
in
{
  /**
    A value that is not deeper than `depthLimit`: for what may be endless.

    # Inputs
    - `depthLimit`: how many levels of sets and lists; null for no limit
    - `throwOnDepthLimit`: whether what is deeper is an error, and else `"<unevaluated>"`

    # Type
    `{ depthLimit :: int | null, throwOnDepthLimit ? true } -> any -> any`

    # Example
    ```nix
    let x.n = 1; x.x = x; in
    lib.generators.withRecursion { depthLimit = 1; throwOnDepthLimit = false; } x
    => { n = "<unevaluated>"; x = { n = "<unevaluated>"; x = "<unevaluated>"; }; }
    ```
  */
  withRecursion =
    {
      depthLimit,
      throwOnDepthLimit ? true,
    }:
    assert depthLimit == null || isInt depthLimit;
    let
      # Attributes that make a set a function, a string, or a value with its own look: without them
      # it would be something else.
      special = [
        "__functor"
        "__functionArgs"
        "__toString"
        "__pretty"
      ];
      tooDeep =
        if throwOnDepthLimit then
          throw "Exceeded maximum eval-depth limit of ${toString depthLimit} while trying to evaluate with `generators.withRecursion'!"
        else
          "<unevaluated>";
      limit = depth: value: if depthLimit != null && depth > depthLimit then tooDeep else value;
      go =
        depth: value:
        let
          inner = x: go (depth + 1) (limit (depth + 1) x);
        in
        if isAttrs value then
          mapAttrs (name: if builtins.elem name special then lib.id else inner) value
        else if isList value then
          map inner value
        else
          limit (depth + 1) value;
    in
    go 0;

  /**
    A value as one would write it in Nix, as far as that can be done. Functions and derivations are
    named as such.

    # Inputs
    - `multiline`: whether lists, sets and text with line feeds take several lines
    - `allowPrettyValues`: whether a set with `__pretty` and `val` is shown as `__pretty val`
    - `indent`: what further lines start with

    # Type
    `{ multiline ? true, allowPrettyValues ? false, indent ? "" } -> any -> string`

    # Example
    ```nix
    lib.generators.toPretty { multiline = false; } { a = [ 1 "x" ]; f = { y ? 1 }: y; }
    => "{ a = [ 1 \"x\" ]; f = <function, args: {y?}>; }"

    lib.generators.toPretty { } { a = [ 1 ]; }
    => "{\n  a = [\n    1\n  ];\n}"
    ```
  */
  toPretty =
    {
      allowPrettyValues ? false,
      multiline ? true,
      indent ? "",
    }:
    let
      go =
        indent: v:
        let
          intro = if multiline then "\n${indent}  " else " ";
          outro = if multiline then "\n${indent}" else " ";
          inner = go (indent + "  ");
        in
        if isInt v then
          toString v
        else if isFloat v then
          builtins.toJSON v
        else if isString v then
          text intro outro v
        else if isBool v then
          boolToString v
        else if v == null then
          "null"
        else if isPath v then
          toString v
        else if isList v then
          if v == [ ] then "[ ]" else "[" + intro + lib.concatMapStringsSep intro inner v + outro + "]"
        else if lib.isFunction v then
          functionText v
        else if isAttrs v then
          if allowPrettyValues && v ? __pretty && v ? val then
            v.__pretty v.val
          else if v == { } then
            "{ }"
          else if lib.isDerivation v then
            "<derivation ${v.name or "???"}>"
          else
            "{"
            + intro
            + lib.concatMapAttrsStringSep intro (
              name: value:
              "${lib.strings.escapeNixIdentifier name} = ${
                builtins.addErrorContext "while evaluating an attribute `${name}`" (inner value)
              };"
            ) v
            + outro
            + "}"
        else
          abort "generators.toPretty: should never happen (v = ${toString v})";

      text =
        intro: outro: v:
        let
          lines = lib.splitString "\n" v;
          inQuotes = lib.escape [
            "\\"
            "\""
            "\${"
          ];
          indented = builtins.replaceStrings [ "\${" "''" ] [ "''\${" "'''" ];
          escaped = map indented lines;
          end = lib.last escaped;
        in
        if multiline && builtins.length lines > 1 then
          "''"
          + intro
          + concatStringsSep intro (lib.init escaped)
          + (if end == "" then outro else intro + end)
          + "''"
        else
          "\"" + concatStringsSep "\\n" (map inQuotes lines) + "\"";

      functionText =
        v:
        let
          args = lib.functionArgs v;
          shown = lib.mapAttrsToList (name: optional: if optional then name + "?" else name) args;
        in
        if args == { } then "<function>" else "<function, args: {${concatStringsSep ", " shown}}>";
    in
    go indent;
}
