/**
  A set as a TOML document (https://toml.io/en/v1.0.0): what `builtins.fromTOML` reads back as the same.
*/
{ lib }:
let
  inherit (lib)
    attrNames
    concatMapStringsSep
    filter
    isAttrs
    isList
    ;

  /** JSON's strings, whole numbers and Booleans are TOML's, but for one character. */
  string = value: builtins.replaceStrings [ (fromTOML ''x = "\u007F"'').x ] [ "\\u007F" ] (builtins.toJSON value);

  key = name: if builtins.match "[A-Za-z0-9_-]+" name != null then name else string name;
  keys = concatMapStringsSep "." key;

  isTable = value: isAttrs value && !lib.strings.isStringLike value;
  isTables = value: isList value && value != [ ] && lib.all isTable value;

  /** A number with a fraction, which a whole number is without. */
  float =
    number:
    let
      text = builtins.toJSON number;
    in
    if builtins.match "-?[0-9]+" text != null then "${text}.0" else text;

  /** A value in one line. */
  inline =
    path: value:
    if isTable value then
      "{ ${
        concatMapStringsSep ", " (name: "${key name} = ${inline (path ++ [ name ]) value.${name}}") (attrNames value)
      } }"
    else if isList value then
      "[${concatMapStringsSep ", " (inline path) value}]"
    else if builtins.isFloat value then
      float value
    else if value == null then
      throw "formats.toml: ${keys path} is null, which TOML does not have: leave it out"
    else if builtins.isFunction value then
      throw "formats.toml: ${keys path} is a function, which TOML does not have"
    else
      string value;

  /** The lines of a table and of the tables in it. What stands in a line comes before them. */
  table =
    path: set:
    let
      names = attrNames set;
      ofKind = isOne: filter (name: isOne set.${name}) names;
      lines = map (name: "${key name} = ${inline (path ++ [ name ]) set.${name}}\n") (
        ofKind (value: !isTable value && !isTables value)
      );
      tables = lib.concatMap (
        name:
        let
          below = path ++ [ name ];
          hasHeader = set.${name} == { } || lib.any (value: !isTable value && !isTables value) (lib.attrValues set.${name});
        in
        lib.optional hasHeader "\n[${keys below}]\n" ++ table below set.${name}
      ) (ofKind isTable);
      lists = lib.concatMap (
        name:
        lib.concatMap (
          element: [ "\n[[${keys (path ++ [ name ])}]]\n" ] ++ table (path ++ [ name ]) element
        ) set.${name}
      ) (ofKind isTables);
    in
    lines ++ tables ++ lists;
in
value: lib.removePrefix "\n" (lib.concatStrings (table [ ] value))
