/**
  Paths within something: strings that are relative and never lead out of it.
*/
{ lib }:
let
  inherit (builtins)
    elem
    filter
    isString
    ;
  inherit (lib.path.subpath) components isValid;

  # Why a value is no subpath, or null.
  reason =
    value:
    if !isString value then
      "The given value is of type ${builtins.typeOf value}, but a string was expected"
    else if value == "" then
      "The given string is empty"
    else if builtins.substring 0 1 value == "/" then
      ''The given string "${value}" starts with a `/`, representing an absolute path''
    else if elem ".." (lib.splitString "/" value) then
      ''The given string "${value}" contains a `..` component, which is not allowed in subpaths''
    else
      null;

  split =
    value:
    filter (part: part != "" && part != ".") (lib.splitString "/" value);
  join = parts: if parts == [ ] then "./." else "./" + lib.concatStringsSep "/" parts;
in
{
  # For messages.
  whyInvalid = reason;

  /**
    Whether a value is a subpath: a string that is not empty, not absolute, and without `..`.

    # Type
    `any -> bool`

    # Example
    ```nix
    map lib.path.subpath.isValid [ "foo/bar" "./." "" "/foo" "../foo" ]
    => [ true true false false false ]
    ```
  */
  isValid = value: reason value == null;

  /**
    Subpaths one after another.

    # Type
    `[subpath] -> subpath`

    # Example
    ```nix
    [ (lib.path.subpath.join [ "foo" "bar/baz" ]) (lib.path.subpath.join [ ]) ]
    => [ "./foo/bar/baz" "./." ]
    ```
  */
  join =
    subpaths:
    let
      invalid = lib.lists.findFirstIndex (s: !isValid s) null subpaths;
    in
    if invalid == null then
      join (builtins.concatMap split subpaths)
    else
      throw ''
        lib.path.subpath.join: Element at index ${toString invalid} is not a valid subpath string:
            ${reason (builtins.elemAt subpaths invalid)}'';

  /**
    The names in a subpath.

    # Type
    `subpath -> [string]`

    # Example
    ```nix
    map lib.path.subpath.components [ "./foo//bar/" "./." ]
    => [ [ "foo" "bar" ] [ ] ]
    ```
  */
  components =
    subpath:
    lib.throwIfNot (isValid subpath) ''
      lib.path.subpath.components: Argument is not a valid subpath string:
          ${reason subpath}''
      (split subpath);

  /**
    A subpath in its only normal form: it starts with `./`, and has neither `.` nor empty names in it.

    # Type
    `subpath -> subpath`

    # Example
    ```nix
    map lib.path.subpath.normalise [ "foo//bar" "./foo/./bar/" "." ]
    => [ "./foo/bar" "./foo/bar" "./." ]
    ```
  */
  normalise =
    subpath:
    lib.throwIfNot (isValid subpath) ''
      lib.path.subpath.normalise: Argument is not a valid subpath string:
          ${reason subpath}''
      (join (components subpath));
}
