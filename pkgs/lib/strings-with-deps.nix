/**
  Pieces of text that need others before them, put in an order: activation scripts are made of such.
*/
{ lib }:
let
  inherit (builtins) concatStringsSep isAttrs;
  inherit (lib.stringsWithDeps) fullDepEntry textClosureList;
in
{
  /**
    The pieces that `names` need, each after what it needs itself.

    # Inputs
    - `predefined`: pieces by name
    - `names`: those that are wanted: names, or pieces

    # Type
    `{ <name> :: entry } -> [ string | entry ] -> [string]`

    # Example
    ```nix
    lib.textClosureList { a = lib.fullDepEntry "A" [ "b" ]; b = lib.noDepEntry "B"; } [ "a" ]
    => [ "B" "A" ]
    ```
  */
  textClosureList =
    predefined: names:
    let
      # `done` are names of what is in `result` already.
      go =
        state: arg:
        if isAttrs arg then
          let
            below = builtins.foldl' go state arg.deps;
          in
          below // { result = below.result ++ [ arg.text ]; }
        else if state.done ? ${arg} then
          state
        else
          let
            entry = predefined.${arg};
            marked = state // {
              done = state.done // {
                ${arg} = true;
              };
            };
          in
          if isAttrs entry then
            go marked entry
          else
            marked // { result = marked.result ++ [ entry ]; };
    in
    (builtins.foldl' go {
      done = { };
      result = [ ];
    } names).result;

  /**
    What `f` makes of each piece that `names` need, as one text.

    # Type
    `(string -> string) -> { <name> :: entry } -> [string] -> string`

    # Example
    ```nix
    lib.textClosureMap lib.toLower { a = lib.fullDepEntry "A" [ "b" ]; b = lib.noDepEntry "B"; } [ "a" ]
    => "b\na"
    ```
  */
  textClosureMap =
    f: predefined: names:
    concatStringsSep "\n" (map f (textClosureList predefined names));

  /**
    A piece that needs nothing.

    # Type
    `string -> entry`

    # Example
    ```nix
    lib.noDepEntry "text"
    => { deps = [ ]; text = "text"; }
    ```
  */
  noDepEntry = text: fullDepEntry text [ ];

  /**
    A piece and the names of those that must come before it.

    # Type
    `string -> [string] -> entry`

    # Example
    ```nix
    lib.fullDepEntry "text" [ "a" ]
    => { deps = [ "a" ]; text = "text"; }
    ```
  */
  fullDepEntry = text: deps: { inherit text deps; };

  /**
    No text of its own: a name for several pieces.

    # Type
    `[string] -> entry`

    # Example
    ```nix
    lib.packEntry [ "a" "b" ]
    => { deps = [ "a" "b" ]; text = ""; }
    ```
  */
  packEntry = deps: fullDepEntry "" deps;

  /**
    `fullDepEntry` with what comes before first.

    # Type
    `[string] -> string -> entry`

    # Example
    ```nix
    lib.stringAfter [ "a" ] "text"
    => { deps = [ "a" ]; text = "text"; }
    ```
  */
  stringAfter = deps: text: fullDepEntry text deps;
}
