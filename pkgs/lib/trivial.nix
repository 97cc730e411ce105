/**
  Functions that need nothing else: about functions, truth, whole numbers, warnings and versions.
*/
{ lib }:
let
  inherit (lib.trivial)
    functionArgs
    isFunction
    mapNullable
    oldestSupportedReleaseIsAtLeast
    release
    setFunctionArgs
    throwIf
    throwIfNot
    toBaseDigits
    version
    versionSuffix
    warn
    ;

in
{
  inherit (builtins)
    add
    addErrorContext
    bitAnd
    bitOr
    bitXor
    ceil
    deepSeq
    floor
    genericClosure
    isBool
    isFloat
    isInt
    lessThan
    pathExists
    readFile
    seq
    sub
    ;

  /**
    Returns its argument: the function to pass where nothing is to be changed.

    # Type
    `a -> a`

    # Example
    ```nix
    map lib.id [ 1 2 ]
    => [ 1 2 ]
    ```
  */
  id = x: x;

  /**
    A function of one more argument, which it ignores.

    # Type
    `a -> b -> a`

    # Example
    ```nix
    map (lib.const 7) [ "a" "b" ]
    => [ 7 7 ]
    ```
  */
  const = x: _: x;

  /**
    Passes `value` through `functions`, from the first to the last. Reads in the order in which
    things happen, where nested calls read from the inside.

    # Type
    `a -> [ (a -> b) (b -> c) … ] -> c`

    # Example
    ```nix
    lib.pipe 2 [ (x: x + 1) (x: x * 10) toString ]
    => "30"
    ```
  */
  pipe = builtins.foldl' (value: f: f value);

  /**
    `a` followed by `b`.

    # Type
    `[a] -> [a] -> [a]`

    # Example
    ```nix
    lib.concat [ 1 2 ] [ 3 ]
    => [ 1 2 3 ]
    ```
  */
  concat = a: b: a ++ b;

  /**
    Whether `a` or `b` is true. (`or` is a keyword, but may be an attribute.)

    # Type
    `bool -> bool -> bool`

    # Example
    ```nix
    lib.or true false
    => true
    ```
  */
  "or" = a: b: a || b;

  /**
    Whether both are true.

    # Type
    `bool -> bool -> bool`

    # Example
    ```nix
    lib.and true false
    => false
    ```
  */
  and = a: b: a && b;

  /**
    Whether one is true and the other is not.

    # Type
    `bool -> bool -> bool`

    # Example
    ```nix
    lib.xor true true
    => false
    ```
  */
  xor = a: b: a != b;

  /**
    All bits of a whole number turned over.

    # Type
    `int -> int`

    # Example
    ```nix
    lib.bitNot 5
    => -6
    ```
  */
  bitNot = builtins.sub (-1);

  /**
    `"true"` or `"false"`; `toString` would give `"1"` and `""`.

    # Type
    `bool -> string`

    # Example
    ```nix
    lib.boolToString false
    => "false"
    ```
  */
  boolToString = b: if b then "true" else "false";

  /**
    `"yes"` or `"no"`, as many configuration files want it.

    # Type
    `bool -> string`

    # Example
    ```nix
    lib.boolToYesNo true
    => "yes"
    ```
  */
  boolToYesNo = b: if b then "yes" else "no";

  /**
    The attributes of both sets; `y`'s win. `//` as a function.

    # Type
    `{ … } -> { … } -> { … }`

    # Example
    ```nix
    lib.mergeAttrs { a = 1; b = 2; } { b = 3; }
    => { a = 1; b = 3; }
    ```
  */
  mergeAttrs = x: y: x // y;

  /**
    Swaps the first two arguments of `f`.

    # Type
    `(a -> b -> c) -> b -> a -> c`

    # Example
    ```nix
    lib.flip lib.concat [ 1 ] [ 2 ]
    => [ 2 1 ]
    ```
  */
  flip = f: a: b: f b a;

  /**
    Applies `f` to `value` unless that is null.

    # Type
    `(a -> b) -> (null | a) -> (null | b)`

    # Example
    ```nix
    [ (lib.mapNullable (x: x + 1) null) (lib.mapNullable (x: x + 1) 22) ]
    => [ null 23 ]
    ```
  */
  mapNullable = f: value: if value == null then null else f value;

  /**
    `value`, or `default` where `value` is null.

    # Type
    `a -> (null | a) -> a`

    # Example
    ```nix
    map (lib.defaultTo 80) [ null 8080 ]
    => [ 80 8080 ]
    ```
  */
  defaultTo = default: value: if value == null then default else value;

  /**
    Integer division, towards zero. The operator `/` as a function.

    # Type
    `int -> int -> int`

    # Example
    ```nix
    lib.div 7 2
    => 3
    ```
  */
  div = a: b: a / b;

  /**
    The product.

    # Type
    `number -> number -> number`

    # Example
    ```nix
    lib.mul 6 7
    => 42
    ```
  */
  mul = a: b: a * b;

  /**
    What an integer division leaves; it has the sign of `base`.

    # Type
    `int -> int -> int`

    # Example
    ```nix
    [ (lib.mod 11 10) (lib.mod (-1) 10) ]
    => [ 1 (-1) ]
    ```
  */
  mod = base: int: base - (int * (base / int));

  /**
    The smaller one.

    # Type
    `number -> number -> number`

    # Example
    ```nix
    lib.min 3 1
    => 1
    ```
  */
  min = x: y: if x < y then x else y;

  /**
    The larger one.

    # Type
    `number -> number -> number`

    # Example
    ```nix
    lib.max 3 1
    => 3
    ```
  */
  max = x: y: if x > y then x else y;

  /**
    -1, 0 or 1: `a` comes before `b`, is equal to it, or comes after it.

    # Type
    `a -> a -> int`

    # Example
    ```nix
    [ (lib.compare 1 2) (lib.compare "b" "b") (lib.compare 2 1) ]
    => [ (-1) 0 1 ]
    ```
  */
  compare =
    a: b:
    if a < b then
      -1
    else if a > b then
      1
    else
      0;

  /**
    An order in two parts: elements of which `p` is true come first. Two that it says the same of
    are compared by `yes` or by `no`.

    # Inputs
    - `p`: divides what is compared
    - `yes`: compares two of which `p` is true
    - `no`: compares two of which it is false

    # Type
    `(a -> bool) -> (a -> a -> int) -> (a -> a -> int) -> a -> a -> int`

    # Example
    ```nix
    lib.splitByAndCompare (lib.hasPrefix "foo") lib.compare lib.compare "foobar" "bar"
    => -1

    lib.splitByAndCompare (lib.hasPrefix "foo") lib.compare (lib.flip lib.compare) "a" "z"
    => 1
    ```
  */
  splitByAndCompare =
    p: yes: no: a: b:
    if p a then
      (if p b then yes a b else -1)
    else if p b then
      1
    else
      no a b;

  /**
    The value in a JSON file.

    # Type
    `path -> any`

    # Example
    ```nix
    lib.importJSON (builtins.toFile "a.json" ''{"a": [1]}'')
    => { a = [ 1 ]; }
    ```
  */
  importJSON = path: builtins.fromJSON (builtins.readFile path);

  /**
    The value in a TOML file.

    # Type
    `path -> any`

    # Example
    ```nix
    lib.importTOML (builtins.toFile "a.toml" "a = 1")
    => { a = 1; }
    ```
  */
  importTOML = path: fromTOML (builtins.readFile path);

  /**
    The hash of the commit that a checkout of the collection is at, or `default` where it is none.

    # Type
    `a -> (string | a)`

    # Example
    ```nix
    lib.trivial.revisionWithDefault "unknown"
    => "unknown"
    ```
  */
  revisionWithDefault = default: default;

  /**
    The release of nixpkgs whose interface this collection follows.

    # Type
    `string`

    # Example
    ```nix
    builtins.match "[0-9]{2}\\.[0-9]{2}" lib.trivial.release != null
    => true
    ```
  */
  release = "26.11";

  /**
    The name of that release.

    # Type
    `string`

    # Example
    ```nix
    lib.trivial.codeName
    => "Zokor"
    ```
  */
  codeName = "Zokor";

  /**
    What follows the release in `version`: this is not nixpkgs itself.

    # Type
    `string`

    # Example
    ```nix
    lib.trivial.versionSuffix
    => "pre-starter"
    ```
  */
  versionSuffix = "pre-starter";

  /**
    Release and suffix.

    # Type
    `string`

    # Example
    ```nix
    lib.version == lib.trivial.release + lib.trivial.versionSuffix
    => true
    ```
  */
  version = release + versionSuffix;

  /**
    The former name of `version`.

    # Type
    `string`

    # Example
    ```nix
    lib.nixpkgsVersion == lib.version
    => true
    ```
  */
  nixpkgsVersion = version;

  /**
    The oldest release that still gets fixes, as a number: year and month.

    # Type
    `int`

    # Example
    ```nix
    lib.trivial.oldestSupportedRelease
    => 2511
    ```
  */
  oldestSupportedRelease = 2511;

  /**
    Whether every supported release is at least `release`: then what it brought may be relied upon.

    # Type
    `int -> bool`

    # Example
    ```nix
    map lib.oldestSupportedReleaseIsAtLeast [ 2405 9905 ]
    => [ true false ]
    ```
  */
  oldestSupportedReleaseIsAtLeast = release: release <= lib.trivial.oldestSupportedRelease;

  /**
    The former name of `oldestSupportedReleaseIsAtLeast`.

    # Type
    `int -> bool`

    # Example
    ```nix
    lib.isInOldestRelease 2405
    => true
    ```
  */
  isInOldestRelease = oldestSupportedReleaseIsAtLeast;

  /**
    Whether this is evaluated for a nix-shell.

    # Type
    `bool`

    # Example
    ```nix
    lib.inNixShell
    => false
    ```
  */
  inNixShell = builtins.getEnv "IN_NIX_SHELL" != "";

  /**
    Whether evaluation is pure: it knows no current system.

    # Type
    `bool`

    # Example
    ```nix
    lib.inPureEvalMode == !(builtins ? currentSystem)
    => true
    ```
  */
  inPureEvalMode = !builtins ? currentSystem;

  /**
    Prints a warning, and is `value`.

    # Type
    `string -> a -> a`

    # Example
    ```nix
    lib.warn "This is going away." 1
    => 1
    ```
  */
  warn =
    builtins.warn or (
      message: value: builtins.trace "[1;35mevaluation warning:[0m ${message}" value
    );

  /**
    Warns if `condition` holds.

    # Type
    `bool -> string -> a -> a`

    # Example
    ```nix
    lib.warnIf false "Not shown." 1
    => 1
    ```
  */
  warnIf = condition: message: if condition then warn message else x: x;

  /**
    Warns unless `condition` holds.

    # Type
    `bool -> string -> a -> a`

    # Example
    ```nix
    lib.warnIfNot true "Not shown." 1
    => 1
    ```
  */
  warnIfNot = condition: message: if condition then x: x else warn message;

  /**
    Fails with `message` if `condition` holds.

    # Type
    `bool -> string -> a -> a`

    # Example
    ```nix
    lib.throwIf (2 > 1) "two is too many" 1
    => error: two is too many
    ```
  */
  throwIf = condition: message: if condition then throw message else x: x;

  /**
    Fails with `message` unless `condition` holds.

    # Type
    `bool -> string -> a -> a`

    # Example
    ```nix
    lib.throwIfNot (2 > 1) "two should be enough" 1
    => 1
    ```
  */
  throwIfNot = condition: message: if condition then x: x else throw message;

  /**
    Fails unless all elements of `values` are among `valid`; `name` says what they are.

    # Type
    `string -> [a] -> [a] -> b -> b`

    # Example
    ```nix
    lib.checkListOfEnum "colours" [ "red" "blue" ] [ "red" ] 1
    => 1

    lib.checkListOfEnum "colours" [ "red" "blue" ] [ "red" "moon" ] 1
    => error: colours: moon unexpected; valid ones: red, blue
    ```
  */
  checkListOfEnum =
    name: valid: values:
    let
      show = lib.concatMapStringsSep ", " toString;
      unexpected = builtins.filter (x: !builtins.elem x valid) values;
    in
    throwIf (unexpected != [ ]) "${name}: ${show unexpected} unexpected; valid ones: ${show valid}";

  /**
    Prints a message, and is `value`.

    # Type
    `string -> a -> a`

    # Example
    ```nix
    lib.info "just so that you know" 1
    => 1
    ```
  */
  info = message: builtins.trace "INFO: ${message}";

  /**
    Prints all `warnings`, and is `value`.

    # Type
    `[string] -> a -> a`

    # Example
    ```nix
    lib.showWarnings [ ] 1
    => 1
    ```
  */
  showWarnings = warnings: value: builtins.foldl' (rest: message: warn message rest) value warnings;

  /**
    Gives a function the arguments that `functionArgs` is to find. What is returned is a set that
    can be called.

    # Type
    `(a -> b) -> { <name> :: bool } -> (a -> b)`

    # Example
    ```nix
    lib.functionArgs (lib.setFunctionArgs (args: args.x) { x = false; y = true; })
    => { x = false; y = true; }
    ```
  */
  setFunctionArgs = f: args: {
    __functor = _: f;
    __functionArgs = args;
  };

  /**
    The named arguments of a function, and whether each has a default. Also of sets that can be
    called.

    # Type
    `(a -> b) -> { <name> :: bool }`

    # Example
    ```nix
    lib.functionArgs ({ x, y ? 1 }: x)
    => { x = false; y = true; }
    ```
  */
  functionArgs =
    f:
    if f ? __functor then
      f.__functionArgs or (functionArgs (f.__functor f))
    else
      builtins.functionArgs f;

  /**
    Whether `f` can be called: a function, or a set with `__functor`.

    # Type
    `any -> bool`

    # Example
    ```nix
    map lib.isFunction [ (x: x) { __functor = self: x: x; } 1 ]
    => [ true true false ]
    ```
  */
  isFunction = f: builtins.isFunction f || (f ? __functor && isFunction (f.__functor f));

  /**
    Gives `g` the named arguments of `f`, for a `g` that wraps it with `args: … f args …`.

    # Type
    `(a -> b) -> (a -> c) -> (a -> c)`

    # Example
    ```nix
    let f = { x, y ? 1 }: x; in lib.functionArgs (lib.mirrorFunctionArgs f (args: f args + 1))
    => { x = false; y = true; }
    ```
  */
  mirrorFunctionArgs =
    f:
    let
      args = functionArgs f;
    in
    g: setFunctionArgs g args;

  /**
    `v` if it can be called, else the function that always returns it.

    # Type
    `(a | (b -> a)) -> b -> a`

    # Example
    ```nix
    [ (lib.toFunction 1 2) (lib.toFunction (x: x + 1) 2) ]
    => [ 1 3 ]
    ```
  */
  toFunction = v: if isFunction v then v else _: v;

  /**
    The number that hexadecimal digits stand for. They may start with `0x`.

    # Type
    `string -> int`

    # Example
    ```nix
    [ (lib.fromHexString "FF") (lib.fromHexString "0x7fff") ]
    => [ 255 32767 ]
    ```
  */
  fromHexString =
    text:
    let
      parts = builtins.match "(0[xX])?([0-9a-fA-F]+)" text;
    in
    if parts == null then
      throw "fromHexString: ${builtins.toJSON text} is not hexadecimal digits, like \"ff\" or \"0xff\"."
    else
      (fromTOML "value = 0x${builtins.elemAt parts 1}").value;

  /**
    A number in hexadecimal digits.

    # Type
    `int -> string`

    # Example
    ```nix
    lib.toHexString 250
    => "FA"
    ```
  */
  toHexString =
    number:
    lib.concatMapStrings (
      digit: builtins.substring digit 1 "0123456789ABCDEF"
    ) (toBaseDigits 16 number);

  /**
    The digits of a natural number in a base, the highest first.

    # Type
    `int -> int -> [int]`

    # Example
    ```nix
    [ (lib.toBaseDigits 2 6) (lib.toBaseDigits 16 250) (lib.toBaseDigits 10 0) ]
    => [ [ 1 1 0 ] [ 15 10 ] [ 0 ] ]
    ```
  */
  toBaseDigits =
    base:
    assert builtins.isInt base && base >= 2;
    let
      go = number: if number < base then [ number ] else go (number / base) ++ [ (lib.mod number base) ];
    in
    number:
    assert builtins.isInt number && number >= 0;
    go number;
}
