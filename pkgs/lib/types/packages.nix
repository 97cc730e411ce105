/**
  Packages, and other things that are marked as what they are.
*/
{ lib }:
let
  inherit (builtins) isString;
  inherit (lib.types) mkOptionType package;
in
{
  /**
    A package: a derivation, or the path of something in the store, of which a derivation is made.

    # Type
    `type`

    # Example
    ```nix
    map lib.types.package.check [ (derivation { name = "a"; system = "x"; builder = "b"; }) "text" ]
    => [ true false ]
    ```
  */
  package = mkOptionType {
    name = "package";
    descriptionClass = "noun";
    check = x: lib.isDerivation x || lib.isStorePath x;
    merge =
      loc: defs:
      let
        value = lib.mergeOneOption loc defs;
      in
      if builtins.isPath value || (isString value && !builtins.hasContext value) then
        lib.toDerivation value
      else
        value;
  };

  /**
    A package that can be a login shell.

    # Type
    `type`

    # Example
    ```nix
    lib.types.shellPackage.check { type = "derivation"; shellPath = "/bin/sh"; }
    => true
    ```
  */
  shellPackage = package // {
    check = x: lib.isDerivation x && x ? shellPath;
  };

  /**
    A whole collection of packages.

    # Type
    `type`

    # Example
    ```nix
    lib.types.pkgs.check { _type = "pkgs"; }
    => true
    ```
  */
  pkgs = lib.types.addCheck (
    lib.types.unique { message = "A Nixpkgs pkgs set can not be merged with another pkgs set."; } lib.types.attrs
    // {
      name = "pkgs";
      descriptionClass = "noun";
      description = "Nixpkgs package set";
    }
  ) (x: x._type or null == "pkgs");

  /**
    Code in Lua, as `lib.generators.mkLuaInline` makes it.

    # Type
    `type`

    # Example
    ```nix
    lib.types.luaInline.check (lib.mkLuaInline "print(1)")
    => true
    ```
  */
  luaInline = mkOptionType {
    name = "luaInline";
    description = "inline lua";
    descriptionClass = "noun";
    check = x: x._type or null == "lua-inline";
    merge = lib.mergeEqualOption;
  };
}
