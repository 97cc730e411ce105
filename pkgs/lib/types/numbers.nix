/**
  Numbers and truth.
*/
{ lib }:
let
  inherit (builtins) isFloat isInt;
  inherit (lib) mergeEqualOption;
  inherit (lib.types) addCheck mkOptionType;

  isNumber = x: isInt x || isFloat x;

  betweenDescription = lowest: highest: "${show lowest} and ${show highest} (both inclusive)";
  show = x: if isInt x then toString x else builtins.toJSON x;

  assertOrder =
    lowest: highest: lib.assertMsg (lowest <= highest) "ints.between: lowest must be smaller than highest";
in
{
  /**
    True or false. It may be defined several times, if all say the same.

    # Type
    `type`

    # Example
    ```nix
    map lib.types.bool.check [ true 1 ]
    => [ true false ]
    ```
  */
  bool = mkOptionType {
    name = "bool";
    description = "boolean";
    descriptionClass = "noun";
    check = builtins.isBool;
    merge = mergeEqualOption;
  };

  /**
    True or false; true if any definition is.

    # Type
    `type`

    # Example
    ```nix
    lib.types.boolByOr.merge [ "x" ] [ { file = "a"; value = false; } { file = "b"; value = true; } ]
    => true
    ```
  */
  boolByOr = mkOptionType {
    name = "boolByOr";
    description = "boolean (merged using or)";
    descriptionClass = "noun";
    check = builtins.isBool;
    merge =
      _loc: defs:
      builtins.any (def: def.value) defs;
  };

  /**
    A whole number.

    # Type
    `type`

    # Example
    ```nix
    map lib.types.int.check [ 1 1.5 ]
    => [ true false ]
    ```
  */
  int = mkOptionType {
    name = "int";
    description = "signed integer";
    descriptionClass = "noun";
    check = isInt;
    merge = mergeEqualOption;
  };

  /**
    Whole numbers of a kind: `between lowest highest`, `unsigned` (not negative), `positive`, and
    those of a number of bits: `u8`, `u16`, `u32`, `s8`, `s16`, `s32`.

    # Type
    `{ between :: int -> int -> type, unsigned :: type, … }`

    # Example
    ```nix
    [ (lib.types.ints.between 1 5).description (lib.types.ints.u8.check 256) (lib.types.ints.positive.check 0) ]
    => [ "integer between 1 and 5 (both inclusive)" false false ]
    ```
  */
  ints =
    let
      between =
        lowest: highest:
        assert assertOrder lowest highest;
        addCheck lib.types.int (x: x >= lowest && x <= highest)
        // {
          name = "intBetween";
          description = "integer between ${betweenDescription lowest highest}";
        };
      ofBits =
        name: bits: lowest: highest:
        between lowest highest
        // {
          inherit name;
          description = "${toString bits} bit ${
            if lowest < 0 then "signed" else "unsigned"
          } integer; between ${betweenDescription lowest highest}";
        };
      powers = {
        "8" = 256;
        "16" = 65536;
        "32" = 4294967296;
      };
      unsigned = bits: ofBits "unsignedInt${toString bits}" bits 0 (powers.${toString bits} - 1);
      signed =
        bits:
        let
          half = powers.${toString bits} / 2;
        in
        ofBits "signedInt${toString bits}" bits (-half) (half - 1);
    in
    {
      /**
        Whole numbers from `lowest` to `highest`, both of them too.

        # Type
        `int -> int -> type`

        # Example
        ```nix
        map (lib.types.ints.between 1 3).check [ 0 1 3 4 2.0 ]
        => [ false true true false false ]

        lib.types.ints.between 3 1
        => error: ints.between: lowest must be smaller than highest
        ```
      */
      between = between;
      unsigned = addCheck lib.types.int (x: x >= 0) // {
        name = "unsignedInt";
        description = "unsigned integer, meaning >=0";
        descriptionClass = "nonRestrictiveClause";
      };
      positive = addCheck lib.types.int (x: x > 0) // {
        name = "positiveInt";
        description = "positive integer, meaning >0";
        descriptionClass = "nonRestrictiveClause";
      };
      u8 = unsigned 8;
      u16 = unsigned 16;
      u32 = unsigned 32;
      s8 = signed 8;
      s16 = signed 16;
      s32 = signed 32;
    };

  /**
    The number of a port.

    # Type
    `type`

    # Example
    ```nix
    map lib.types.port.check [ 80 70000 ]
    => [ true false ]
    ```
  */
  port = lib.types.ints.u16;

  /**
    A number with a fraction.

    # Type
    `type`

    # Example
    ```nix
    map lib.types.float.check [ 1.5 1 ]
    => [ true false ]
    ```
  */
  float = mkOptionType {
    name = "float";
    description = "floating point number";
    descriptionClass = "noun";
    check = isFloat;
    merge = mergeEqualOption;
  };

  /**
    A number, whole or not.

    # Type
    `type`

    # Example
    ```nix
    map lib.types.number.check [ 1 1.5 "1" ]
    => [ true true false ]
    ```
  */
  number = lib.types.either lib.types.int lib.types.float;

  /**
    Numbers of a kind: `between lowest highest`, `nonnegative`, `positive`.

    # Type
    `{ between :: number -> number -> type, nonnegative :: type, positive :: type }`

    # Example
    ```nix
    map (lib.types.numbers.between 0 1).check [ 0.5 1 2 ]
    => [ true true false ]
    ```
  */
  numbers = {
    /**
      Numbers from `lowest` to `highest`, both of them too.

      # Type
      `number -> number -> type`

      # Example
      ```nix
      map (lib.types.numbers.between 0.5 3).check [ 0 0.5 3 3.5 ]
      => [ false true true false ]
      ```
    */
    between =
      lowest: highest:
      assert lib.assertMsg (
        lowest <= highest
      ) "numbers.between: lowest must be smaller than highest";
      addCheck lib.types.number (x: isNumber x && x >= lowest && x <= highest)
      // {
        name = "numberBetween";
        description = "integer or floating point number between ${betweenDescription lowest highest}";
      };
    nonnegative = addCheck lib.types.number (x: isNumber x && x >= 0) // {
      name = "numberNonnegative";
      description = "nonnegative integer or floating point number, meaning >=0";
      descriptionClass = "nonRestrictiveClause";
    };
    positive = addCheck lib.types.number (x: isNumber x && x > 0) // {
      name = "numberPositive";
      description = "positive integer or floating point number, meaning >0";
      descriptionClass = "nonRestrictiveClause";
    };
  };
}
