/**
  Values printed on the way, and tests.
*/
{ lib }:
let
  inherit (builtins)
    attrNames
    deepSeq
    isAttrs
    isList
    mapAttrs
    trace
    ;
  inherit (lib.debug)
    traceSeqN
    traceValFn
    traceValSeqFn
    traceValSeqNFn
    ;

  # The value down to `depth`. What is deeper is dots, and is not evaluated.
  snip =
    depth: value:
    if isList value && value != [ ] then
      if depth == 0 then dots "[ … ]" else map (snip (depth - 1)) value
    else if isAttrs value && value != { } && !lib.isDerivation value then
      if depth == 0 then dots "{ … }" else mapAttrs (_: snip (depth - 1)) value
    else
      value;
  dots = text: {
    __pretty = _: text;
    val = null;
  };
in
{
  inherit (builtins) addErrorContext trace unsafeGetAttrPos;

  /**
    Prints a message if `condition` holds, and is `value`.

    # Type
    `bool -> string -> a -> a`

    # Example
    ```nix
    lib.traceIf true "hello" 3
    => 3
    ```
  */
  traceIf = condition: message: value: if condition then trace message value else value;

  /**
    Prints what `f` makes of a value, and is the value.

    # Type
    `(a -> b) -> a -> a`

    # Example
    ```nix
    lib.traceValFn (v: "mystring ${v}") "foo"
    => "foo"
    ```
  */
  traceValFn = f: value: trace (f value) value;

  /**
    Prints a value, and is it.

    # Type
    `a -> a`

    # Example
    ```nix
    lib.traceVal 42
    => 42
    ```
  */
  traceVal = traceValFn lib.id;

  /**
    Prints `x` with all that is in it, and is `y`.

    # Type
    `a -> b -> b`

    # Example
    ```nix
    lib.traceSeq { a.b.c = 3; } null
    => null
    ```
  */
  traceSeq = x: y: trace (deepSeq x x) y;

  /**
    Prints `x` as deep as `depth`, and is `y`. What is deeper is not evaluated.

    # Type
    `int -> a -> b -> b`

    # Example
    ```nix
    lib.traceSeqN 2 { a.b.c = throw "not looked at"; } null
    => null
    ```
  */
  traceSeqN =
    depth: x: y:
    trace (lib.generators.toPretty { allowPrettyValues = true; } (snip depth x)) y;

  /**
    Prints what `f` makes of a value, with all that is in that, and is the value.

    # Type
    `(a -> b) -> a -> a`

    # Example
    ```nix
    lib.traceValSeqFn (v: v // { a = 1; }) { b = 2; }
    => { b = 2; }
    ```
  */
  traceValSeqFn = f: value: traceValFn f (deepSeq value value);

  /**
    Prints a value with all that is in it, and is it.

    # Type
    `a -> a`

    # Example
    ```nix
    lib.traceValSeq [ 1 [ 2 ] ]
    => [ 1 [ 2 ] ]
    ```
  */
  traceValSeq = traceValSeqFn lib.id;

  /**
    Prints what `f` makes of a value, as deep as `depth`, and is the value.

    # Type
    `(a -> b) -> int -> a -> a`

    # Example
    ```nix
    lib.traceValSeqNFn (v: [ v ]) 1 "x"
    => "x"
    ```
  */
  traceValSeqNFn =
    f: depth: value:
    traceSeqN depth (f value) value;

  /**
    Prints a value as deep as `depth`, and is it.

    # Type
    `int -> a -> a`

    # Example
    ```nix
    lib.traceValSeqN 1 { a = 1; }
    => { a = 1; }
    ```
  */
  traceValSeqN = traceValSeqNFn lib.id;

  /**
    `f` with its argument and result printed as deep as `depth`.

    # Type
    `int -> string -> (a -> b) -> a -> b`

    # Example
    ```nix
    lib.traceFnSeqN 2 "id" (x: x) { a.b = 3; }
    => { a.b = 3; }
    ```
  */
  traceFnSeqN =
    depth: name: f: value:
    let
      result = f value;
    in
    traceSeqN (depth + 1) {
      fn = name;
      from = value;
      to = result;
    } result;

  /**
    Runs tests: each is `{ expr, expected }` under a name that starts with `test`. Returns those
    that failed, with what came out. If there is an attribute `tests`, a list of names, only those
    are run.

    # Type
    `{ <name> :: { expr :: a, expected :: a }, tests ? [string] } -> [ { name, expected, result } ]`

    # Example
    ```nix
    lib.runTests {
      testAnd = { expr = lib.and true false; expected = false; };
      testWrong = { expr = 1 + 1; expected = 3; };
    }
    => [ { name = "testWrong"; expected = 3; result = 2; } ]
    ```
  */
  runTests =
    tests:
    let
      isTest =
        name: if tests ? tests then builtins.elem name tests.tests else lib.hasPrefix "test" name;
      run =
        name:
        let
          test = tests.${name};
        in
        lib.optional (test.expr != test.expected) {
          inherit name;
          inherit (test) expected;
          result = test.expr;
        };
    in
    builtins.concatMap run (builtins.filter (name: name != "tests" && isTest name) (attrNames tests));

  /**
    A test that passes if all elements are true.

    # Type
    `[bool] -> { expr, expected }`

    # Example
    ```nix
    lib.runTests { testEven = lib.testAllTrue [ true (1 < 2) ]; }
    => [ ]
    ```
  */
  testAllTrue = expr: {
    inherit expr;
    expected = map (_: true) expr;
  };

  /**
    Fails if any test has failed, and says which.

    # Type
    `{ failures :: [ { name, expected, result } ], description ? string } -> null`

    # Example
    ```nix
    lib.debug.throwTestFailures { failures = lib.runTests { testAnd = { expr = lib.and true true; expected = true; }; }; }
    => null
    ```
  */
  throwTestFailures =
    {
      failures,
      description ? "tests",
      ...
    }:
    let
      show = lib.generators.toPretty { allowPrettyValues = true; };
      describe = failure: ''
        - ${failure.name}
          expected: ${lib.replaceString "\n" "\n    " (show failure.expected)}
          result:   ${lib.replaceString "\n" "\n    " (show failure.result)}
      '';
    in
    if failures == [ ] then
      null
    else
      throw "${toString (builtins.length failures)} ${description} failed:\n\n${lib.concatMapStringsSep "\n" describe failures}";
}
