/**
  Old functions that are still used here and there. New code has better ones.
*/
{ lib }:
let
  inherit (builtins)
    attrNames
    filter
    foldl'
    head
    isAttrs
    isFunction
    tail
    ;
  inherit (lib.misc)
    fakeSha256
    innerClosePropagation
    innerModifySumArgs
    maybeAttr
    mergeAttrByFunc
    mergeAttrsWithFunc
    setAttr
    ;

  key = val: {
    key = builtins.unsafeDiscardStringContext val.outPath;
    inherit val;
  };
in
{
  /**
    A hash that is wrong, to be replaced by the one in the error.

    # Type
    `string`

    # Example
    ```nix
    lib.fakeHash
    => "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    ```
  */
  fakeHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

  /**
    `fakeHash` in hexadecimal digits.

    # Type
    `string`

    # Example
    ```nix
    builtins.stringLength lib.fakeSha256
    => 64
    ```
  */
  fakeSha256 = "0000000000000000000000000000000000000000000000000000000000000000";

  /**
    The same for SHA-512.

    # Type
    `string`

    # Example
    ```nix
    builtins.stringLength lib.fakeSha512
    => 128
    ```
  */
  fakeSha512 = fakeSha256 + fakeSha256;

  /**
    The value of an environment variable, or `default` where it is not set.

    # Type
    `string -> string -> string`

    # Example
    ```nix
    lib.maybeEnv "SURELY_NOT_SET" "default"
    => "default"
    ```
  */
  maybeEnv =
    name: default:
    let
      value = builtins.getEnv name;
    in
    if value == "" then default else value;

  /**
    A set with the attributes of another one, or of what a function makes of it.

    # Type
    `{ … } -> ({ … } | ({ … } -> { … })) -> { … }`

    # Example
    ```nix
    [ (lib.defaultMerge { a = 1; } { b = 2; }) (lib.defaultMerge { a = 1; } (x: { b = x.a; })) ]
    => [ { a = 1; b = 2; } { a = 1; b = 1; } ]
    ```
  */
  defaultMerge = x: y: x // lib.defaultMergeArg x y;

  /**
    A set, or what a function makes of another one.

    # Type
    `{ … } -> ({ … } | ({ … } -> { … })) -> { … }`

    # Example
    ```nix
    lib.defaultMergeArg { a = 1; } (x: { b = x.a; })
    => { b = 1; }
    ```
  */
  defaultMergeArg = x: y: if isAttrs y then y else y x;

  /**
    Applies `f` to arguments that are merged one by one: the result has `function` in `passthru`,
    and `override`, for more.

    # Type
    `(a -> a -> a) -> (a -> b) -> a -> a -> b`

    # Example
    ```nix
    let x = lib.foldArgs lib.mergeAttrs lib.id { a = 1; } { b = 2; }; in
    [ x.b (x.override { b = 3; }).b ]
    => [ 2 3 ]
    ```
  */
  foldArgs =
    merger: f: init: x:
    let
      arg = merger init (lib.defaultMergeArg init x);
      function = lib.foldArgs merger f arg;
      result = f arg;
    in
    result
    // {
      override = function;
      passthru = result.passthru or { } // {
        inherit function;
        args = arg;
      };
    };

  /**
    An attribute, or `default` where there is none.

    # Type
    `string -> a -> { … } -> a`

    # Example
    ```nix
    lib.maybeAttr "b" 0 { a = 1; }
    => 0
    ```
  */
  maybeAttr =
    name: default: attrs:
    attrs.${name} or default;

  /**
    An attribute of a set that may be null.

    # Type
    `string -> a -> (null | { … }) -> a`

    # Example
    ```nix
    lib.maybeAttrNullable "b" 0 null
    => 0
    ```
  */
  maybeAttrNullable =
    name: default: attrs:
    if attrs == null then default else attrs.${name} or default;

  /**
    `val` if `condition` holds, else an empty value of the same kind.

    # Type
    `bool -> a -> a`

    # Example
    ```nix
    [ (lib.ifEnable false [ 1 ]) (lib.ifEnable true "x") (lib.ifEnable false "x") ]
    => [ [ ] "x" null ]
    ```
  */
  ifEnable =
    condition: val:
    if condition then
      val
    else if builtins.isList val then
      [ ]
    else if isAttrs val then
      { }
    else if builtins.isBool val then
      false
    else
      null;

  /**
    Whether a flag is set: `true`, or by its value in `attrSet` or among its `flags`.

    # Type
    `{ … } -> string -> bool`

    # Example
    ```nix
    [ (lib.checkFlag { flags = [ "x" ]; } "x") (lib.checkFlag { y = true; } "y") (lib.checkFlag { } "true") ]
    => [ true true true ]
    ```
  */
  checkFlag =
    attrSet: name:
    if name == "true" then
      true
    else if name == "false" then
      false
    else if builtins.elem name (attrSet.flags or [ ]) then
      true
    else
      attrSet.${name} or false;

  /**
    An attribute, or what a list of names and defaults says for it.

    # Type
    `{ … } -> [ [string a] ] -> string -> a`

    # Example
    ```nix
    lib.getValue { } [ [ "a" 1 ] ] "a"
    => 1
    ```
  */
  getValue =
    attrSet: argList: name:
    attrSet.${name} or (
      let
        found = lib.findFirst (pair: head pair == name) null argList;
      in
      if found == null then "" else head (tail found)
    );

  /**
    Whether the flags that each set flag needs are set as well. A list of names after the flag says
    which.

    # Type
    `{ … } -> [ [string a] ] -> [ [string …] ] -> bool`

    # Example
    ```nix
    lib.checkReqs { a = true; b = true; } [ ] [ [ "a" "b" ] ]
    => true
    ```
  */
  checkReqs =
    attrSet: argList: condList:
    builtins.all (
      cond: lib.checkFlag attrSet (head cond) -> builtins.all (lib.checkFlag attrSet) (tail cond)
    ) condList;

  /**
    The elements of `inputList` that are not yet in `acc`, each once, after it.

    # Type
    `{ inputList :: [a], acc ? [a] } -> [a]`

    # Example
    ```nix
    lib.uniqList { inputList = [ 1 2 1 ]; }
    => [ 1 2 ]
    ```
  */
  uniqList =
    {
      inputList,
      acc ? [ ],
    }:
    foldl' (seen: x: if builtins.elem x seen then seen else seen ++ [ x ]) acc inputList;

  /**
    Like `uniqList`, with a function that says what to compare, and one that compares.

    # Type
    `{ inputList, outputList ? [ ], getter ? …, compare ? … } -> [a]`

    # Example
    ```nix
    lib.uniqListExt { inputList = [ { k = 1; v = "a"; } { k = 1; v = "b"; } ]; getter = x: x.k; }
    => [ { k = 1; v = "a"; } ]
    ```
  */
  uniqListExt =
    {
      inputList,
      outputList ? [ ],
      getter ? lib.id,
      compare ? x: y: x == y,
    }:
    foldl' (
      seen: x: if builtins.any (y: compare (getter x) (getter y)) seen then seen else seen ++ [ x ]
    ) outputList inputList;

  /**
    `name` and, out of a list of flags each followed by a text, the texts of those of which
    `checker` is true.

    # Type
    `string -> [string] -> (string -> bool) -> string`

    # Example
    ```nix
    lib.condConcat "a" [ "flag" "-b" "other" "-c" ] (x: x == "flag")
    => "a-b"
    ```
  */
  condConcat =
    name: list: checker:
    if list == [ ] then
      name
    else if checker (head list) then
      lib.condConcat (name + head (tail list)) (tail (tail list)) checker
    else
      lib.condConcat name (tail (tail list)) checker;

  /**
    `builtins.genericClosure` that follows what `operator` returns only as far as `startSet` needs
    it. The same result, for what it was once needed.

    # Type
    `{ startSet, operator } -> [ { key } ]`

    # Example
    ```nix
    map (x: x.key) (lib.lazyGenericClosure { startSet = [ { key = 1; } ]; operator = x: if x.key < 3 then [ { key = x.key + 1; } ] else [ ]; })
    => [ 1 2 3 ]
    ```
  */
  lazyGenericClosure = builtins.genericClosure;

  /**
    `modifySumArgs` with what was collected so far.

    # Type
    `({ … } -> null -> { … }) -> { … } -> { … } -> ({ … } | null) -> …`

    # Example
    ```nix
    lib.innerModifySumArgs (args: _: args) { x = 1; } { y = 2; } null
    => { x = 1; y = 2; }
    ```
  */
  innerModifySumArgs =
    f: x: a: b:
    if b == null then f a b // x else innerModifySumArgs f x (a // b);

  /**
    Collects sets until an argument is null, and then gives them to `f`; what it returns is extended by `x`.

    # Type
    `({ … } -> null -> { … }) -> { … } -> ({ … } | null) -> …`

    # Example
    ```nix
    lib.modifySumArgs (args: _: args) { x = 1; } { y = 2; } { z = 3; } null
    => { x = 1; y = 2; z = 3; }
    ```
  */
  modifySumArgs = f: x: innerModifySumArgs f x { };

  /**
    Packages and what they propagate, put after `acc`.

    # Type
    `[derivation] -> [derivation] -> [derivation]`

    # Example
    ```nix
    lib.innerClosePropagation [ ] [ ]
    => [ ]
    ```
  */
  innerClosePropagation =
    acc: xs:
    foldl' (
      seen: x:
      if x == null || builtins.elem x seen then
        seen
      else
        innerClosePropagation (seen ++ [ x ]) (
          x.propagatedBuildInputs or [ ] ++ x.propagatedNativeBuildInputs or [ ]
        )
    ) acc xs;

  /**
    Packages, and all that they propagate.

    # Type
    `[derivation] -> [derivation]`

    # Example
    ```nix
    let b = { outPath = "/b"; }; a = { outPath = "/a"; propagatedBuildInputs = [ b ]; }; in
    map toString (lib.closePropagation [ a ])
    => [ "/a" "/b" ]
    ```
  */
  closePropagation =
    list:
    map (x: x.val) (
      builtins.genericClosure {
        startSet = map key (filter (x: x != null) list);
        operator =
          { val, ... }:
          map key (
            filter (x: x != null) (
              val.propagatedBuildInputs or [ ] ++ val.propagatedNativeBuildInputs or [ ]
            )
          );
      }
    );

  /**
    A set with one attribute.

    # Type
    `string -> a -> { <name> :: a }`

    # Example
    ```nix
    lib.nvs "a" 1
    => { a = 1; }
    ```
  */
  nvs = name: value: { ${name} = value; };

  /**
    A set with one attribute set.

    # Type
    `{ … } -> string -> a -> { … }`

    # Example
    ```nix
    lib.setAttr { } "a" 1
    => { a = 1; }
    ```
  */
  setAttr =
    set: name: value:
    set // { ${name} = value; };

  /**
    A set with one attribute replaced by what `f` makes of it, or of `default`.

    # Type
    `string -> a -> { … } -> (a -> b) -> { … }`

    # Example
    ```nix
    lib.setAttrMerge "a" 0 { a = 1; } (x: x + 1)
    => { a = 2; }
    ```
  */
  setAttrMerge =
    name: default: attrs: f:
    setAttr attrs name (f (maybeAttr name default attrs));

  /**
    Both sets' attributes; `f` makes one value of two.

    # Type
    `(a -> a -> a) -> { … } -> { … } -> { … }`

    # Example
    ```nix
    lib.mergeAttrsWithFunc (x: y: x + y) { a = 1; b = 1; } { a = 2; }
    => { a = 3; b = 1; }
    ```
  */
  mergeAttrsWithFunc =
    f: set1: set2:
    set1 // set2 // builtins.mapAttrs (name: x: f x set2.${name}) (builtins.intersectAttrs set2 set1);

  /**
    Both sets' attributes; lists and strings of both are put one after another.

    # Type
    `{ … } -> { … } -> { … }`

    # Example
    ```nix
    lib.mergeAttrsConcatenateValues { a = [ 1 ]; } { a = [ 2 ]; b = "x"; }
    => { a = [ 1 2 ]; b = "x"; }
    ```
  */
  mergeAttrsConcatenateValues = mergeAttrsWithFunc (a: b: lib.toList a ++ lib.toList b);

  /**
    Both sets' attributes; an error where they have different values of one name, unless that is in
    `mergeAttrBy`.

    # Type
    `{ … } -> { … } -> { … }`

    # Example
    ```nix
    lib.mergeAttrsNoOverride { } { a = 1; } { b = 2; }
    => { a = 1; b = 2; }
    ```
  */
  mergeAttrsNoOverride =
    {
      mergeLists ? [
        "buildInputs"
        "propagatedBuildInputs"
      ],
      overrideSnd ? [ "buildPhase" ],
    }:
    attrs1: attrs2:
    attrs1
    // attrs2
    // builtins.mapAttrs (
      name: a:
      let
        b = attrs2.${name};
      in
      if builtins.elem name mergeLists then
        a ++ b
      else if builtins.elem name overrideSnd then
        b
      else
        throw "duplicate attribute ${name}"
    ) (builtins.intersectAttrs attrs2 attrs1);

  /**
    Both sets' attributes, merged by the functions that they have in `mergeAttrBy` for names.

    # Type
    `{ mergeAttrBy ? …, … } -> { mergeAttrBy ? …, … } -> { … }`

    # Example
    ```nix
    (lib.mergeAttrByFunc { a = [ 1 ]; mergeAttrBy.a = lib.concat; } { a = [ 2 ]; }).a
    => [ 1 2 ]
    ```
  */
  mergeAttrByFunc =
    x: y:
    let
      mergeAttrBy = x.mergeAttrBy or { } // y.mergeAttrBy or { };
      both = filter (name: x ? ${name} && y ? ${name}) (attrNames mergeAttrBy);
    in
    x
    // y
    // lib.genAttrs both (name: mergeAttrBy.${name} x.${name} y.${name})
    // lib.optionalAttrs (x ? mergeAttrBy || y ? mergeAttrBy) { inherit mergeAttrBy; };

  /**
    Several sets merged by `mergeAttrByFunc`, with `mergeAttrBy` of this library for attributes of
    derivations.

    # Type
    `[ { … } ] -> { … }`

    # Example
    ```nix
    (lib.mergeAttrsByFuncDefaults [ { buildInputs = [ 1 ]; } { buildInputs = [ 2 ]; } ]).buildInputs
    => [ 1 2 ]
    ```
  */
  mergeAttrsByFuncDefaults = foldl' mergeAttrByFunc { inherit (lib.misc) mergeAttrBy; };

  /**
    The same without the functions in the result.

    # Type
    `[ { … } ] -> { … }`

    # Example
    ```nix
    lib.mergeAttrsByFuncDefaultsClean [ { buildInputs = [ 1 ]; } { buildInputs = [ 2 ]; } ]
    => { buildInputs = [ 1 2 ]; }
    ```
  */
  mergeAttrsByFuncDefaultsClean =
    list: builtins.removeAttrs (lib.mergeAttrsByFuncDefaults list) [ "mergeAttrBy" ];

  /**
    How attributes of derivations are merged.

    # Type
    `{ <name> :: a -> a -> a }`

    # Example
    ```nix
    lib.mergeAttrBy.prePhases [ "a" ] [ "b" ]
    => [ "a" "b" ]
    ```
  */
  mergeAttrBy =
    lib.genAttrs [
      "nativeBuildInputs"
      "buildInputs"
      "propagatedBuildInputs"
      "configureFlags"
      "prePhases"
      "postAll"
      "patches"
    ] (_: lib.concat)
    // lib.genAttrs [ "passthru" "meta" "cfg" "flags" ] (_: lib.mergeAttrs)
    // lib.genAttrs [ "preConfigure" "postInstall" ] (_: a: b: "${a}\n${b}");

  /**
    The kind of a value as it is called in types of options.

    # Type
    `any -> string`

    # Example
    ```nix
    map lib.nixType [ 1 "a" { } [ ] (x: x) (derivation { name = "a"; system = "x"; builder = "b"; }) ]
    => [ "int" "string" "attrs" "list" "function" "derivation" ]
    ```
  */
  nixType =
    x:
    if isAttrs x then
      if lib.isDerivation x then "derivation" else "attrs"
    else if isFunction x then
      "function"
    else if builtins.isList x then
      "list"
    else
      builtins.typeOf x;

  /**
    An old name of `imap1`.

    # Type
    `(int -> a -> b) -> [a] -> [b]`

    # Example
    ```nix
    lib.imap (i: x: "${x}-${toString i}") [ "a" ]
    => [ "a-1" ]
    ```
  */
  imap = lib.imap1;
}
