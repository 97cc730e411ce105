/**
  Strings.
*/
{ lib }:
let
  inherit (builtins) concatStringsSep isString match;
  inherit (lib) getValues mergeEqualOption;
  inherit (lib.types)
    addCheck
    mkOptionType
    optionDescriptionPhrase
    separatedString
    str
    ;
in
{
  /**
    A string. It may be defined several times, if all definitions are the same.

    # Type
    `type`

    # Example
    ```nix
    map lib.types.str.check [ "a" 1 ]
    => [ true false ]
    ```
  */
  str = mkOptionType {
    name = "str";
    description = "string";
    descriptionClass = "noun";
    check = isString;
    merge = mergeEqualOption;
  };

  /**
    A string that is more than white space.

    # Type
    `type`

    # Example
    ```nix
    map lib.types.nonEmptyStr.check [ "a" " " ]
    => [ true false ]
    ```
  */
  nonEmptyStr = mkOptionType {
    name = "nonEmptyStr";
    description = "non-empty string";
    descriptionClass = "noun";
    check = x: isString x && match "[ \t\n]*" x == null;
    inherit (str) merge;
  };

  /**
    A string of one line. A line feed at its end is taken away.

    # Type
    `type`

    # Example
    ```nix
    map lib.types.singleLineStr.check [ "a\n" "a\nb" ]
    => [ true false ]
    ```
  */
  singleLineStr = mkOptionType {
    name = "singleLineStr";
    description = "(optionally newline-terminated) single-line string";
    descriptionClass = "noun";
    check = x: isString x && match "[^\n\r]*\n?" x != null;
    merge = loc: defs: lib.removeSuffix "\n" (mergeEqualOption loc defs);
  };

  /**
    A string that a regular expression matches.

    # Type
    `string -> type`

    # Example
    ```nix
    map (lib.types.strMatching "[a-z]+").check [ "abc" "ABC" ]
    => [ true false ]
    ```
  */
  strMatching =
    pattern:
    mkOptionType rec {
      name = "strMatching ${lib.strings.escapeNixString pattern}";
      description = "string matching the pattern ${pattern}";
      descriptionClass = "noun";
      check = x: isString x && match pattern x != null;
      inherit (str) merge;
      functor = lib.defaultFunctor name // {
        type = payload: lib.types.strMatching payload.pattern;
        payload = { inherit pattern; };
        binOp = a: b: if a == b then a else null;
      };
    };

  /**
    Strings that are joined with `sep` where several are defined.

    # Type
    `string -> type`

    # Example
    ```nix
    (lib.types.separatedString "|").merge [ "x" ] [ { file = "a"; value = "1"; } { file = "b"; value = "2"; } ]
    => "1|2"
    ```
  */
  separatedString =
    sep:
    mkOptionType {
      name = "separatedString";
      description = "strings concatenated with ${builtins.toJSON sep}";
      descriptionClass = "noun";
      check = isString;
      merge = _loc: defs: concatStringsSep sep (getValues defs);
      functor = lib.defaultFunctor "separatedString" // {
        type = payload: separatedString payload.sep;
        payload = { inherit sep; };
        binOp = a: b: if a == b then a else null;
      };
    };

  /**
    Text, the lines of which can be defined in several places.

    # Type
    `type`

    # Example
    ```nix
    lib.types.lines.merge [ "x" ] [ { file = "a"; value = "1"; } { file = "b"; value = "2"; } ]
    => "1\n2"
    ```
  */
  lines = separatedString "\n";

  /**
    Strings that are joined with commas.

    # Type
    `type`

    # Example
    ```nix
    lib.types.commas.merge [ "x" ] [ { file = "a"; value = "1"; } { file = "b"; value = "2"; } ]
    => "1,2"
    ```
  */
  commas = separatedString ",";

  /**
    A variable like `PATH`: strings that are joined with colons.

    # Type
    `type`

    # Example
    ```nix
    lib.types.envVar.merge [ "x" ] [ { file = "a"; value = "/a"; } { file = "b"; value = "/b"; } ]
    => "/a:/b"
    ```
  */
  envVar = separatedString ":";

  /**
    What may stand in a field of `/etc/passwd`.

    # Type
    `type -> type`

    # Example
    ```nix
    map (lib.types.passwdEntry lib.types.str).check [ "Jane Doe" "a:b" ]
    => [ true false ]
    ```
  */
  passwdEntry =
    entryType:
    addCheck entryType (x: !isString x || match "[^:\n]*" x != null)
    // {
      name = "passwdEntry ${entryType.name}";
      description = "${
        optionDescriptionPhrase (class: class == "noun") entryType
      }, not containing newlines or colons";
      descriptionClass = "nonRestrictiveClause";
    };
}
