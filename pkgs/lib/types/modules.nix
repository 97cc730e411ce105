/**
  Parts of modules as values: modules, types and declarations of options.
*/
{ lib }:
let
  inherit (builtins) head isAttrs length;
  inherit (lib) isFunction showOption;
  inherit (lib.types) deferredModuleWith mkOptionType;
in
{
  /**
    A module that is not evaluated here, but imported into another evaluation.

    # Type
    `type`

    # Example
    ```nix
    let
      eval = lib.evalModules { modules = [ { options.m = lib.mkOption { type = lib.types.deferredModule; }; config.m.x = 1; } ]; };
      inner = lib.evalModules { modules = [ eval.config.m { options.x = lib.mkOption { }; } ]; };
    in
    inner.config.x
    => 1
    ```
  */
  deferredModule = deferredModuleWith { };

  /**
    `deferredModule` with modules that are always part of it.

    # Type
    `{ staticModules ? [module] } -> type`

    # Example
    ```nix
    let t = lib.types.deferredModuleWith { staticModules = [ { options.x = lib.mkOption { default = 1; }; } ]; }; in
    (lib.evalModules { modules = [ (t.merge [ "m" ] [ ]) ]; }).config.x
    => 1
    ```
  */
  deferredModuleWith =
    attrs@{
      staticModules ? [ ],
    }:
    mkOptionType {
      name = "deferredModule";
      description = "module";
      descriptionClass = "noun";
      check = x: isAttrs x || isFunction x || lib.types.path.check x;
      merge = loc: defs: {
        imports =
          staticModules
          ++ map (def: lib.setDefaultModuleLocation "${def.file}, via option ${showOption loc}" def.value) defs;
      };
      inherit (lib.types.submoduleWith { modules = staticModules; }) getSubOptions getSubModules;
      substSubModules = modules: deferredModuleWith (attrs // { staticModules = modules; });
      functor = lib.defaultFunctor "deferredModuleWith" // {
        type = deferredModuleWith;
        payload = { inherit staticModules; };
        binOp = a: b: { staticModules = lib.unique (a.staticModules ++ b.staticModules); };
      };
    };

  /**
    A type of options. Several definitions are merged as the types of an option that is declared
    several times.

    # Type
    `type`

    # Example
    ```nix
    (lib.types.optionType.merge [ "x" ] [ { file = "a"; value = lib.types.enum [ 1 ]; } { file = "b"; value = lib.types.enum [ 2 ]; } ]).check 2
    => true
    ```
  */
  optionType = mkOptionType {
    name = "optionType";
    description = "optionType";
    descriptionClass = "noun";
    check = lib.isOptionType;
    merge =
      loc: defs:
      # A single one is left alone: somebody may have changed it in a way that merging would undo.
      if length defs == 1 then
        (head defs).value
      else
        (lib.modules.fixupOptionType loc (
          lib.mergeOptionDecls loc (
            map (def: {
              _file = def.file;
              pos = null;
              options = lib.mkOption { type = def.value; };
            }) defs
          )
        )).type;
  };

  /**
    A declaration of an option, as `mkOption` makes it.

    # Type
    `type`

    # Example
    ```nix
    lib.types.optionDeclaration.check (lib.mkOption { })
    => true
    ```
  */
  optionDeclaration = mkOptionType {
    name = "optionDeclaration";
    description = "option declaration";
    descriptionClass = "noun";
    # An option of an evaluated configuration has more than was declared.
    check = x: lib.isOption x && !x ? loc;
    merge = lib.mergeOneOption;
  };

  /**
    A module for the evaluation of a submodule of which only the options matter: nothing of its
    configuration is checked.

    # Type
    `module`

    # Example
    ```nix
    (lib.evalModules { modules = [ lib.types.noCheckForDocsModule { x = 1; } ]; })._module.check
    => false
    ```
  */
  noCheckForDocsModule = {
    config._module.check = lib.mkForce false;
  };
}
