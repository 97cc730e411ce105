/**
  Sets that refer to their own final form, and ways to extend them: overlays.
*/
{ lib }:
let
  inherit (lib.fixedPoints)
    composeExtensions
    extends
    fix'
    makeExtensibleWithCustomName
    ;
in
{
  /**
    The fixed point of `f`: the value `x` for which `x == f x`. Laziness makes it possible: `f` gets
    its own result, and may use any part of it that does not need itself.

    # Type
    `(a -> a) -> a`

    # Example
    ```nix
    lib.fix (self: { foo = "foo"; bar = "bar"; foobar = self.foo + self.bar; })
    => { foo = "foo"; bar = "bar"; foobar = "foobar"; }
    ```
  */
  fix =
    f:
    let
      x = f x;
    in
    x;

  /**
    Like `fix` for sets; the result remembers `f` as `__unfix__`.

    # Type
    `(a -> { … }) -> { …, __unfix__ }`

    # Example
    ```nix
    (lib.fix' (self: { a = 1; b = self.a; })).b
    => 1
    ```
  */
  fix' =
    f:
    let
      x = f x // {
        __unfix__ = f;
      };
    in
    x;

  /**
    Applies `f` until nothing changes any more.

    # Type
    `(a -> a) -> a -> a`

    # Example
    ```nix
    lib.converge (x: x / 2) 16
    => 0
    ```
  */
  converge =
    f:
    let
      go =
        x:
        let
          next = f x;
        in
        if next == x then x else go next;
    in
    go;

  /**
    Puts an overlay over a function that describes a set in terms of its final form. The result is
    such a function again, to give to `fix`.

    # Inputs
    - `overlay`: takes the final set and the one so far; returns what is added or replaced
    - `f`: the function that is extended

    # Type
    `(a -> a -> a) -> (a -> a) -> (a -> a)`

    # Example
    ```nix
    let
      f = final: { a = 1; b = final.a + 2; };
      overlay = final: prev: { a = prev.a + 10; };
    in
    lib.fix (lib.extends overlay f)
    => { a = 11; b = 13; }
    ```
  */
  extends =
    overlay: f: final:
    let
      prev = f final;
    in
    prev // overlay final prev;

  /**
    One overlay that does what `f` does and then what `g` does.

    # Type
    `(a -> a -> a) -> (a -> a -> a) -> (a -> a -> a)`

    # Example
    ```nix
    let
      f = final: prev: { a = prev.a + 1; };
      g = final: prev: { a = prev.a * 10; };
    in
    lib.fix (lib.extends (lib.composeExtensions f g) (final: { a = 1; }))
    => { a = 20; }
    ```
  */
  composeExtensions =
    f: g: final: prev:
    let
      fApplied = f final prev;
      prev' = prev // fApplied;
    in
    fApplied // g final prev';

  /**
    One overlay out of many, applied from the first to the last.

    # Type
    `[ (a -> a -> a) ] -> (a -> a -> a)`

    # Example
    ```nix
    let add = n: final: prev: { a = prev.a + n; }; in
    lib.fix (lib.extends (lib.composeManyExtensions [ (add 1) (add 2) ]) (final: { a = 0; }))
    => { a = 3; }
    ```
  */
  composeManyExtensions =
    overlays: final: prev:
    let
      # Each overlay sees what those before it left; only what they set is the result.
      step = changes: overlay: changes // overlay final (prev // changes);
    in
    builtins.foldl' step { } overlays;

  /**
    A set that refers to itself and can be extended: `set.extend overlay` is the set that it would
    have been with the overlay.

    # Type
    `(a -> a) -> { …, extend :: (a -> a -> a) -> a }`

    # Example
    ```nix
    let set = lib.makeExtensible (final: { a = 1; b = final.a + 1; }); in
    (set.extend (final: prev: { a = 5; })).b
    => 6
    ```
  */
  makeExtensible = makeExtensibleWithCustomName "extend";

  /**
    Like `makeExtensible`, with another name for `extend`.

    # Type
    `string -> (a -> a) -> { … }`

    # Example
    ```nix
    let set = lib.makeExtensibleWithCustomName "overlay" (final: { a = 1; }); in
    (set.overlay (final: prev: { a = 2; })).a
    => 2
    ```
  */
  makeExtensibleWithCustomName =
    name: f:
    fix' (
      self:
      f self
      // {
        ${name} = overlay: makeExtensibleWithCustomName name (extends (lib.toExtension overlay) f);
      }
    );

  /**
    Makes an overlay of whatever can be taken for one: a set, a function of the set so far, or an
    overlay itself.

    # Type
    `({ … } | (a -> { … }) | (a -> a -> { … })) -> (a -> a -> { … })`

    # Example
    ```nix
    map (x: lib.toExtension x { } { a = 1; }) [ { b = 2; } (prev: { b = prev.a + 1; }) (final: prev: { b = 2; }) ]
    => [ { b = 2; } { b = 2; } { b = 2; } ]
    ```
  */
  toExtension =
    f:
    if lib.isFunction f then
      final: prev:
      let
        # A function of one argument gets what is there so far, and returns no function.
        fPrev = f prev;
      in
      if lib.isFunction fPrev then f final prev else fPrev
    else
      final: prev: f;
}
