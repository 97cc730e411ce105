/**
  What can be used as a string.
*/
{ lib }:
let
  inherit (builtins) elem isAttrs isPath isString typeOf;
  inherit (lib.strings) isConvertibleWithToString isStringLike;
in
{
  /**
    Whether `"${x}"` works: a string, a path, or a set that says what its string is, such as a
    derivation.

    # Type
    `any -> bool`

    # Example
    ```nix
    map lib.isStringLike [ "a" ./. { outPath = "/x"; } 1 [ "a" ] ]
    => [ true true true false false ]
    ```
  */
  isStringLike = x: isString x || isPath x || (isAttrs x && (x ? outPath || x ? __toString));

  /**
    Whether `toString x` works.

    # Type
    `any -> bool`

    # Example
    ```nix
    map lib.strings.isConvertibleWithToString [ 1 [ 1 [ "a" ] ] null { } (x: x) ]
    => [ true true true false false ]
    ```
  */
  isConvertibleWithToString =
    x:
    isStringLike x
    || elem (typeOf x) [
      "null"
      "int"
      "float"
      "bool"
    ]
    || (builtins.isList x && builtins.all isConvertibleWithToString x);
}
