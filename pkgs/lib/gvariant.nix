/**
  GVariant, the values of GNOME's settings: they know their types. Values of Nix are taken for what
  is nearest: a whole number must say how wide it is.
*/
{ lib }:
let
  inherit (builtins)
    head
    isAttrs
    isBool
    isFloat
    isList
    isString
    map
    ;
  inherit (lib.gvariant)
    isGVariant
    mkArray
    mkBoolean
    mkDouble
    mkString
    mkValue
    type
    ;

  # The types of values must be the same: an array has elements of one type.
  commonType =
    values:
    let
      types = lib.unique (map (v: v.type) values);
    in
    if builtins.length types == 1 then
      head types
    else
      throw "Elements in a list should have same type, but they have ${lib.concatStringsSep ", " types}.";

  # Before a value stands its type where it would be taken for another one.
  primitive = t: value: {
    _type = "gvariant";
    type = t;
    inherit value;
    __toString = self: "@${self.type} ${toString self.value}";
  };
  unmarked = v: v // { __toString = self: toString self.value; };
in
{
  /**
    The letters that stand for types.

    # Type
    `{ <name> :: string }`

    # Example
    ```nix
    [ lib.gvariant.type.int32 (lib.gvariant.type.arrayOf "i") ]
    => [ "i" "ai" ]
    ```
  */
  type = {
    /**
      Arrays of a type.

      # Type
      `string -> string`

      # Example
      ```nix
      lib.gvariant.type.arrayOf (lib.gvariant.type.arrayOf lib.gvariant.type.string)
      => "aas"
      ```
    */
    arrayOf = t: "a${t}";

    /**
      Values of a type, which may be missing.

      # Type
      `string -> string`

      # Example
      ```nix
      lib.gvariant.type.maybeOf lib.gvariant.type.boolean
      => "mb"
      ```
    */
    maybeOf = t: "m${t}";

    /**
      Tuples, by the types of their parts.

      # Type
      `[string] -> string`

      # Example
      ```nix
      lib.gvariant.type.tupleOf [ lib.gvariant.type.string lib.gvariant.type.int32 ]
      => "(si)"
      ```
    */
    tupleOf = ts: "(${lib.concatStrings ts})";

    /**
      Entries of dictionaries, by the types of name and value.

      # Type
      `string -> string -> string`

      # Example
      ```nix
      lib.gvariant.type.arrayOf (lib.gvariant.type.dictionaryEntryOf "s" "i")
      => "a{si}"
      ```
    */
    dictionaryEntryOf = nameType: valueType: "{${nameType}${valueType}}";

    string = "s";
    boolean = "b";
    uchar = "y";
    int16 = "n";
    uint16 = "q";
    int32 = "i";
    uint32 = "u";
    int64 = "x";
    uint64 = "t";
    double = "d";
    variant = "v";
  };

  /**
    Whether a value is one of GVariant already.

    # Type
    `any -> bool`

    # Example
    ```nix
    map lib.gvariant.isGVariant [ (lib.gvariant.mkInt32 1) 1 ]
    => [ true false ]
    ```
  */
  isGVariant = v: v._type or "" == "gvariant";

  /**
    The functions that make whole numbers, by name.

    # Type
    `[ { name, type, min, max } ]`

    # Example
    ```nix
    (builtins.head lib.gvariant.intConstructors).name
    => "mkInt32"
    ```
  */
  intConstructors = [
    {
      name = "mkInt32";
      type = type.int32;
      min = -2147483648;
      max = 2147483647;
    }
    {
      name = "mkUint32";
      type = type.uint32;
      min = 0;
      max = 4294967295;
    }
    {
      name = "mkInt64";
      type = type.int64;
      # The largest number has no literal of its own with a minus before it.
      min = -9223372036854775807;
      max = 9223372036854775807;
    }
    {
      name = "mkUint64";
      type = type.uint64;
      min = 0;
      max = 9223372036854775807;
    }
    {
      name = "mkInt16";
      type = type.int16;
      min = -32768;
      max = 32767;
    }
    {
      name = "mkUint16";
      type = type.uint16;
      min = 0;
      max = 65535;
    }
    {
      name = "mkUchar";
      type = type.uchar;
      min = 0;
      max = 255;
    }
  ];

  /**
    A value of GVariant out of one of Nix: booleans, numbers with a fraction, strings, and lists of
    such. Whole numbers must be made by one of the functions below.

    # Type
    `any -> gvariant`

    # Example
    ```nix
    map (v: toString (lib.gvariant.mkValue v)) [ true "it's" [ "a" "b" ] ]
    => [ "true" "'it\\'s'" "@as ['a','b']" ]

    lib.gvariant.mkValue 1
    => error: The GVariant type for number “1” is unclear.
    ```
  */
  mkValue =
    v:
    if isBool v then
      mkBoolean v
    else if isFloat v then
      mkDouble v
    else if isString v then
      mkString v
    else if isList v then
      mkArray v
    else if isGVariant v then
      v
    else if builtins.isInt v then
      throw "The GVariant type for number “${toString v}” is unclear. Say how wide it is, with one of ${
        lib.concatMapStringsSep ", " (c: "lib.gvariant.${c.name}") lib.gvariant.intConstructors
      }"
    else if isAttrs v then
      throw "There is no GVariant for an attribute set. A dictionary is an array of what lib.gvariant.mkDictionaryEntry makes."
    else
      throw "The GVariant type of “${builtins.typeOf v}” can't be inferred.";

  /**
    An array of values of one type.

    # Type
    `[any] -> gvariant`

    # Example
    ```nix
    toString (lib.gvariant.mkArray [ (lib.gvariant.mkInt32 1) (lib.gvariant.mkInt32 2) ])
    => "@ai [1,2]"
    ```
  */
  mkArray =
    elems:
    let
      values = map mkValue (lib.throwIf (elems == [ ]) "Please create empty array with mkEmptyArray." elems);
      elemType = commonType values;
    in
    primitive (type.arrayOf elemType) "[${lib.concatMapStringsSep "," toString values}]";

  /**
    An array without elements, of which the type must be said.

    # Type
    `string -> gvariant`

    # Example
    ```nix
    toString (lib.gvariant.mkEmptyArray lib.gvariant.type.uint32)
    => "@au []"
    ```
  */
  mkEmptyArray = elemType: primitive (type.arrayOf elemType) "[]";

  /**
    A value of any type in the place of one.

    # Type
    `any -> gvariant`

    # Example
    ```nix
    toString (lib.gvariant.mkVariant "foo")
    => "<'foo'>"
    ```
  */
  mkVariant = elem: unmarked (primitive type.variant "<${toString (mkValue elem)}>");

  /**
    A name and its value in a dictionary.

    # Type
    `any -> any -> gvariant`

    # Example
    ```nix
    toString (lib.gvariant.mkDictionaryEntry "a" true)
    => "@{sb} {'a',true}"
    ```
  */
  mkDictionaryEntry =
    name: value:
    let
      n = mkValue name;
      v = mkValue value;
    in
    primitive (type.dictionaryEntryOf n.type v.type) "{${toString n},${toString v}}";

  /**
    A value that may be missing, and is if `elem` is null.

    # Type
    `string -> any -> gvariant`

    # Example
    ```nix
    map toString [ (lib.gvariant.mkMaybe "s" null) (lib.gvariant.mkMaybe "s" (lib.gvariant.mkString "x")) ]
    => [ "@ms nothing" "just 'x'" ]
    ```
  */
  mkMaybe =
    elemType: elem:
    if elem == null then
      primitive (type.maybeOf elemType) "nothing"
    else
      unmarked (primitive (type.maybeOf elemType) "just ${toString elem}");

  /**
    A missing value.

    # Type
    `string -> gvariant`

    # Example
    ```nix
    toString (lib.gvariant.mkNothing "s")
    => "@ms nothing"
    ```
  */
  mkNothing = elemType: lib.gvariant.mkMaybe elemType null;

  /**
    A value that may be missing, and is not.

    # Type
    `any -> gvariant`

    # Example
    ```nix
    toString (lib.gvariant.mkJust (lib.gvariant.mkUint32 4))
    => "just @u 4"
    ```
  */
  mkJust =
    elem:
    let
      value = mkValue elem;
    in
    lib.gvariant.mkMaybe value.type value;

  /**
    Several values of types of their own.

    # Type
    `[any] -> gvariant`

    # Example
    ```nix
    toString (lib.gvariant.mkTuple [ (lib.gvariant.mkInt32 1) "x" ])
    => "@(is) (1,'x')"
    ```
  */
  mkTuple =
    elems:
    let
      values = map mkValue elems;
    in
    primitive (type.tupleOf (map (v: v.type) values)) "(${lib.concatMapStringsSep "," toString values})";

  /**
    A boolean.

    # Type
    `bool -> gvariant`

    # Example
    ```nix
    toString (lib.gvariant.mkBoolean true)
    => "true"
    ```
  */
  mkBoolean = v: unmarked (primitive type.boolean (lib.boolToString v));

  /**
    A string.

    # Type
    `string -> gvariant`

    # Example
    ```nix
    toString (lib.gvariant.mkString "a\nb")
    => "'a\\nb'"
    ```
  */
  mkString =
    v:
    unmarked (
      primitive type.string "'${builtins.replaceStrings [ "\n" ] [ "\\n" ] (lib.escape [ "'" "\\" ] v)}'"
    );

  /**
    A path of D-Bus.

    # Type
    `string -> gvariant`

    # Example
    ```nix
    toString (lib.gvariant.mkObjectpath "/org/x")
    => "objectpath '/org/x'"
    ```
  */
  mkObjectpath =
    v: unmarked (primitive type.string "objectpath '${lib.escape [ "'" ] v}'");

  /**
    A byte.

    # Type
    `string -> gvariant`

    # Example
    ```nix
    toString (lib.gvariant.mkUchar "a")
    => "@y a"
    ```
  */
  mkUchar = primitive type.uchar;

  /**
    A whole number of 16 bits.

    # Type
    `int -> gvariant`

    # Example
    ```nix
    toString (lib.gvariant.mkInt16 (-1))
    => "@n -1"
    ```
  */
  mkInt16 = primitive type.int16;

  /**
    A natural number of 16 bits.

    # Type
    `int -> gvariant`

    # Example
    ```nix
    toString (lib.gvariant.mkUint16 1)
    => "@q 1"
    ```
  */
  mkUint16 = primitive type.uint16;

  /**
    A whole number of 32 bits.

    # Type
    `int -> gvariant`

    # Example
    ```nix
    toString (lib.gvariant.mkInt32 (-1))
    => "-1"
    ```
  */
  mkInt32 = v: unmarked (primitive type.int32 v);

  /**
    A natural number of 32 bits.

    # Type
    `int -> gvariant`

    # Example
    ```nix
    toString (lib.gvariant.mkUint32 1)
    => "@u 1"
    ```
  */
  mkUint32 = primitive type.uint32;

  /**
    A whole number of 64 bits.

    # Type
    `int -> gvariant`

    # Example
    ```nix
    toString (lib.gvariant.mkInt64 (-1))
    => "@x -1"
    ```
  */
  mkInt64 = primitive type.int64;

  /**
    A natural number of 64 bits.

    # Type
    `int -> gvariant`

    # Example
    ```nix
    toString (lib.gvariant.mkUint64 1)
    => "@t 1"
    ```
  */
  mkUint64 = primitive type.uint64;

  /**
    A number with a fraction.

    # Type
    `float -> gvariant`

    # Example
    ```nix
    toString (lib.gvariant.mkDouble 0.5)
    => "0.500000"
    ```
  */
  mkDouble = v: unmarked (primitive type.double (toString v));
}
