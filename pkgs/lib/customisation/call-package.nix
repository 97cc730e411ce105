/**
  Calling functions with what is there.
*/
{ lib }:
let
  inherit (builtins) attrNames filter intersectAttrs;
  inherit (lib) functionArgs isFunction;

  load = fn: if isFunction fn then fn else import fn;

  # The arguments of `f` that are there, or an error that names those that are not.
  argumentsFor =
    autoArgs: fn: args:
    let
      f = load fn;
      wanted = functionArgs f;
      given = intersectAttrs wanted autoArgs // args;
      missing = filter (name: !wanted.${name} && !given ? ${name}) (attrNames wanted);
    in
    if missing == [ ] then given else abort (explainMissing autoArgs fn wanted args (builtins.head missing));

  explainMissing =
    autoArgs: fn: wanted: args: name:
    let
      near = lib.take 3 (
        lib.sortOn (lib.strings.levenshtein name) (
          filter (lib.strings.levenshteinAtMost 2 name) (attrNames (autoArgs // args))
        )
      );
      quoted = map (n: "\"${n}\"") near;
      # Where the argument stands, or at least where the function comes from.
      position = builtins.unsafeGetAttrPos name wanted;
      place =
        if position != null then
          "${position.file}:${toString position.line}"
        else if !isFunction fn then
          toString fn + lib.optionalString (lib.pathIsDirectory fn) "/default.nix"
        else
          "<unknown location>";
      question =
        if quoted == [ ] then
          ""
        else if builtins.length quoted == 1 then
          ", did you mean ${builtins.head quoted}?"
        else
          ", did you mean ${lib.concatStringsSep ", " (lib.init quoted)} or ${lib.last quoted}?";
    in
    "lib.customisation.callPackageWith: Function called without required argument \"${name}\" at ${place}${question}";
in
{
  /**
    Calls a function, or the one in a file, with the attributes of `autoArgs` that it has arguments
    for, and with `args`. What it returns can be overridden.

    # Inputs
    - `autoArgs`: what is there, such as all packages
    - `fn`: a function of a set, or a file with one
    - `args`: arguments to give besides, or instead

    # Type
    `{ … } -> (({ … } -> a) | path) -> { … } -> a`

    # Example
    ```nix
    let callPackage = lib.callPackageWith { a = 1; b = 2; }; in
    (callPackage ({ a, b, c ? 3 }: { sum = a + b + c; }) { b = 20; }).sum
    => 24
    ```
  */
  callPackageWith =
    autoArgs: fn: args:
    lib.makeOverridable (load fn) (argumentsFor autoArgs fn args);

  /**
    Like `callPackageWith`, for a function that returns a set of packages: each of them can be
    overridden.

    # Type
    `{ … } -> (({ … } -> { … }) | path) -> { … } -> { … }`

    # Example
    ```nix
    let pkgs = lib.callPackagesWith { a = 1; } ({ a }: { x = { v = a; }; y = { v = a + 1; }; }) { }; in
    [ pkgs.y.v (pkgs.y.override { a = 5; }).v ]
    => [ 2 6 ]
    ```
  */
  callPackagesWith =
    autoArgs: fn: args:
    let
      f = load fn;
      given = argumentsFor autoArgs fn args;
      pkgs = f given;
      # Each package's own way to the function's arguments.
      one = name: lib.makeOverridable (lib.mirrorFunctionArgs f (args: (f args).${name})) given;
    in
    if lib.isDerivation pkgs then
      throw "function `callPackages` was called on a *single* derivation ${
        builtins.toJSON (pkgs.name or "<unknown-name>")
      }; did you mean to use `callPackage` instead?"
    else
      lib.mapAttrs (name: _: one name) pkgs;
}
