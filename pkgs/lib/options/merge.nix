/**
  One value out of several definitions. A definition is a set with `value` and the `file` that it
  stands in.
*/
{ lib }:
let
  inherit (builtins)
    all
    head
    isAttrs
    isBool
    isFunction
    isInt
    isList
    isString
    length
    ;
  inherit (lib.options)
    getValues
    mergeDefaultOption
    mergeUniqueOption
    showDefs
    showOption
    ;

  priorityHint = "Use `lib.mkForce value` or `lib.mkDefault value` to change the priority on any of these definitions.";
in
{
  /**
    Merges as seems best for the values: lists one after another, sets together, functions by
    merging their results, booleans by “or”, strings one after another; whole numbers and everything
    else only if there is one.

    # Type
    `[string] -> [ { file, value } ] -> any`

    # Example
    ```nix
    lib.mergeDefaultOption [ "x" ] [ { file = "a"; value = [ 1 ]; } { file = "b"; value = [ 2 ]; } ]
    => [ 1 2 ]

    lib.mergeDefaultOption [ "x" ] [ { file = "a"; value = 1; } { file = "b"; value = 2; } ]
    => error: Cannot merge definitions of `x'. Definition values:\n- In `a': 1\n- In `b': 2
    ```
  */
  mergeDefaultOption =
    loc: defs:
    let
      list = getValues defs;
    in
    if length list == 1 then
      head list
    else if all isFunction list then
      x: mergeDefaultOption loc (map (def: def // { value = def.value x; }) defs)
    else if all isList list then
      builtins.concatLists list
    else if all isAttrs list then
      builtins.foldl' lib.mergeAttrs { } list
    else if all isBool list then
      builtins.any lib.id list
    else if all isString list then
      lib.concatStrings list
    else if all isInt list && all (x: x == head list) list then
      head list
    else
      throw "Cannot merge definitions of `${showOption loc}'. Definition values:${showDefs defs}";

  /**
    The only definition; an error where there are several.

    # Type
    `[string] -> [ { file, value } ] -> any`

    # Example
    ```nix
    lib.mergeOneOption [ "x" ] [ { file = "a"; value = 1; } ]
    => 1

    lib.mergeOneOption [ "x" ] [ { file = "a"; value = 1; } { file = "b"; value = 1; } ]
    => error: The option `x' is defined multiple times while it's expected to be unique.\nDefinition values:\n- In `a': 1\n- In `b': 1
    ```
  */
  mergeOneOption = mergeUniqueOption { message = ""; };

  /**
    The only definition, merged with `merge`; an error with `message` where there are several.

    # Type
    `{ message, merge ? … } -> [string] -> [ { file, value } ] -> any`

    # Example
    ```nix
    lib.mergeUniqueOption { message = "There can be only one."; } [ "x" ] [ { file = "a"; value = 1; } { file = "b"; value = 1; } ]
    => error: The option `x' is defined multiple times while it's expected to be unique.\nThere can be only one.\nDefinition values:
    ```
  */
  mergeUniqueOption =
    args@{
      message,
      # Without one, the definition is the value as it is.
      merge ? null,
    }:
    loc: defs:
    if length defs == 1 then
      if merge == null then (head defs).value else merge loc defs
    else
      throw "The option `${showOption loc}' is defined multiple times while it's expected to be unique.\n${
        lib.optionalString (message != "") "${message}\n"
      }Definition values:${showDefs defs}\n${priorityHint}";

  /**
    The value that all definitions agree on.

    # Type
    `[string] -> [ { file, value } ] -> any`

    # Example
    ```nix
    lib.mergeEqualOption [ "x" ] [ { file = "a"; value = 1; } { file = "b"; value = 1; } ]
    => 1

    lib.mergeEqualOption [ "x" ] [ { file = "a"; value = 1; } { file = "b"; value = 2; } ]
    => error: The option `x' has conflicting definition values:\n- In `a': 1\n- In `b': 2
    ```
  */
  mergeEqualOption =
    loc: defs:
    if defs == [ ] then
      abort "This case should never happen."
    # One definition is not compared: it may be a function.
    else if length defs == 1 then
      (head defs).value
    else
      (builtins.foldl' (
        first: def:
        if def.value != first.value then
          throw "The option `${showOption loc}' has conflicting definition values:${
            showDefs [
              first
              def
            ]
          }\n${priorityHint}"
        else
          first
      ) (head defs) (builtins.tail defs)).value;

  /**
    The values of definitions.

    # Type
    `[ { value :: a } ] -> [a]`

    # Example
    ```nix
    lib.getValues [ { file = "a"; value = 1; } { file = "b"; value = 2; } ]
    => [ 1 2 ]
    ```
  */
  getValues = map (x: x.value);

  /**
    The files of definitions.

    # Type
    `[ { file :: a } ] -> [a]`

    # Example
    ```nix
    lib.getFiles [ { file = "a"; value = 1; } { file = "b"; value = 2; } ]
    => [ "a" "b" ]
    ```
  */
  getFiles = map (x: x.file);
}
