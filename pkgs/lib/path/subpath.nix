/**
  Paths within something: strings that are relative and never lead out of it.
*/
{ lib }:
let
  inherit (builtins) filter;
  inherit (lib.path.subpath) components isValid;

  whyInvalid = import ./why-invalid.nix { inherit lib; };

  split =
    value:
    filter (part: part != "" && part != ".") (lib.splitString "/" value);
  join = parts: if parts == [ ] then "./." else "./" + lib.concatStringsSep "/" parts;
in
{
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
  isValid = value: whyInvalid value == null;

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
            ${whyInvalid (builtins.elemAt subpaths invalid)}'';

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
          ${whyInvalid subpath}''
      (split subpath);

  /**
    A subpath in its only normal form: it starts with `./`, and has neither `.` nor empty names in
    it.

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
          ${whyInvalid subpath}''
      (join (components subpath));
}
