/**
  INI files: key and value in sections.
*/
{ lib }:
let
  inherit (builtins) isAttrs isString;
  inherit (lib.generators)
    mkDconfKeyValue
    mkKeyValueDefault
    mkValueStringDefault
    toINI
    toKeyValue
    ;
in
{
  /**
    An INI file. Attributes are sections, and theirs are lines.

    # Inputs
    - `mkSectionName`: how a section's name is written
    - `mkKeyValue`: how a line is written
    - `listsAsDuplicateKeys`: whether a list is a line for each element

    # Type
    `{ mkSectionName ? …, mkKeyValue ? …, listsAsDuplicateKeys ? false } -> { <section> :: { … } } -> string`

    # Example
    ```nix
    lib.generators.toINI { } { foo = { hi = "ciao"; n = 1; }; bar = { }; }
    => "[bar]\n\n[foo]\nhi=ciao\nn=1\n"
    ```
  */
  toINI =
    {
      mkSectionName ? lib.escape [
        "["
        "]"
      ],
      mkKeyValue ? mkKeyValueDefault { } "=",
      listsAsDuplicateKeys ? false,
    }:
    sections:
    let
      section =
        name: values:
        "[${mkSectionName name}]\n" + toKeyValue { inherit mkKeyValue listsAsDuplicateKeys; } values;
    in
    lib.concatMapAttrsStringSep "\n" section sections;

  /**
    An INI file with lines before the first section.

    # Type
    `{ … } -> { globalSection :: { … }, sections ? { … } } -> string`

    # Example
    ```nix
    lib.generators.toINIWithGlobalSection { } { globalSection.x = 1; sections.s.y = true; }
    => "x=1\n\n[s]\ny=true\n"
    ```
  */
  toINIWithGlobalSection =
    args@{
      mkSectionName ? null,
      mkKeyValue ? mkKeyValueDefault { } "=",
      listsAsDuplicateKeys ? false,
    }:
    {
      globalSection,
      sections ? { },
    }:
    lib.optionalString (globalSection != { }) (
      toKeyValue { inherit mkKeyValue listsAsDuplicateKeys; } globalSection + "\n"
    )
    + toINI args sections;

  /**
    A configuration file of Git's: sections may have subsections, values are quoted, lists are
    several lines.

    # Type
    `{ <section> :: { … } } -> string`

    # Example
    ```nix
    lib.generators.toGitINI { user.name = "A \"B\""; remote.origin.url = "u"; }
    => "[remote \"origin\"]\n\turl = \"u\"\n\n[user]\n\tname = \"A \\\"B\\\"\"\n"
    ```
  */
  toGitINI =
    let
      # "a.b.c" is the subsection "b.c" of a.
      mkSectionName =
        name:
        let
          parts = lib.splitString "." name;
        in
        if lib.hasInfix "\"" name || builtins.length parts == 1 then
          name
        else
          ''${builtins.head parts} "${lib.concatStringsSep "." (builtins.tail parts)}"'';
      quote =
        text:
        ''"${builtins.replaceStrings [ "\n" "\t" "\"" "\\" ] [ "\\n" "\\t" "\\\"" "\\\\" ] text}"'';
      mkValueString = value: mkValueStringDefault { } (if isString value then quote value else value);
      mkKeyValue = key: value: "\t${mkKeyValueDefault { inherit mkValueString; } " = " key value}";

      # Sets within sets are sections with dots in their names.
      flatten =
        path: value:
        if isAttrs value && !lib.isDerivation value then
          builtins.concatLists (lib.mapAttrsToList (name: flatten (path ++ [ name ])) value)
        else if builtins.length path > 1 then
          [ { ${lib.concatStringsSep "." (lib.init path)}.${lib.last path} = value; } ]
        else
          [ { ${builtins.head path} = value; } ];
      sections = attrs: lib.foldl lib.recursiveUpdate { } (flatten [ ] attrs);
    in
    attrs:
    toINI {
      inherit mkKeyValue mkSectionName;
      listsAsDuplicateKeys = true;
    } (sections attrs);

  /**
    A line for dconf: the value as GVariant.

    # Type
    `string -> any -> string`

    # Example
    ```nix
    lib.generators.mkDconfKeyValue "k" [ "a" ]
    => "k=@as ['a']"
    ```
  */
  mkDconfKeyValue = mkKeyValueDefault { mkValueString = v: toString (lib.gvariant.mkValue v); } "=";

  /**
    A database of dconf's.

    # Type
    `{ <path> :: { … } } -> string`

    # Example
    ```nix
    lib.generators.toDconfINI { "org/x" = { dark = true; n = lib.gvariant.mkUint32 3; }; }
    => "[org/x]\ndark=true\nn=@u 3\n"
    ```
  */
  toDconfINI = toINI { mkKeyValue = mkDconfKeyValue; };
}
