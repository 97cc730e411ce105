/**
  Modules for options that were renamed, removed or changed.
*/
{ lib }:
let
  inherit (lib)
    attrByPath
    getAttrFromPath
    mkIf
    mkMerge
    mkOption
    setAttrByPath
    showFiles
    showOption
    types
    ;
  inherit (lib.modules)
    doRename
    mkAliasAndWrapDefinitions
    mkAliasAndWrapDefsWithPriority
    mkAliasOptionModule
    mkMergedOptionModule
    ;
in
{
  /**
    A module for an option that was removed: using it is an error that says what to do.

    # Type
    `[string] -> string -> module`

    # Example
    ```nix
    let
      removed = lib.mkRemovedOptionModule [ "old" ] "Use `new'.";
      eval = lib.evalModules { modules = [ removed { options.assertions = lib.mkOption { }; } { _file = "a.nix"; old = 1; } ]; };
    in
    (builtins.head eval.config.assertions).message
    => "The option definition `old' in `a.nix' no longer has any effect; please remove it.\nUse `new'.\n"
    ```
  */
  mkRemovedOptionModule =
    optionName: replacementInstructions:
    { options, ... }:
    {
      options = setAttrByPath optionName (mkOption {
        visible = false;
        apply =
          _:
          throw "The option `${showOption optionName}' can no longer be used since it's been removed. ${replacementInstructions}";
      });
      config.assertions =
        let
          option = getAttrFromPath optionName options;
        in
        [
          {
            assertion = !option.isDefined;
            message = ''
              The option definition `${showOption optionName}' in ${showFiles option.files} no longer has any effect; please remove it.
              ${replacementInstructions}
            '';
          }
        ];
    };

  /**
    A module for an option that was renamed: the old name defines the new one, with a warning.

    # Type
    `[string] -> [string] -> module`

    # Example
    ```nix
    (lib.evalModules { modules = [ (lib.mkRenamedOptionModule [ "old" ] [ "new" ]) { options.new = lib.mkOption { }; options.warnings = lib.mkOption { }; } { old = 1; } ]; }).config.new
    => 1
    ```
  */
  mkRenamedOptionModule =
    from: to:
    doRename {
      inherit from to;
      visible = false;
      warn = true;
      use = builtins.trace "Obsolete option `${showOption from}' is used. It was renamed to `${showOption to}'.";
    };

  /**
    Like `mkRenamedOptionModule`; there is no warning before all supported releases have the new
    name.

    # Inputs
    - `from`, `to`: the old and the new name
    - `sinceRelease`: year and month of the first release with the new name, as a number

    # Type
    `{ from :: [string], to :: [string], sinceRelease :: int } -> module`

    # Example
    ```nix
    (lib.evalModules { modules = [ (lib.mkRenamedOptionModuleWith { from = [ "old" ]; to = [ "new" ]; sinceRelease = 9912; }) { options.new = lib.mkOption { }; } { old = 1; } ]; }).config.new
    => 1
    ```
  */
  mkRenamedOptionModuleWith =
    {
      from,
      to,
      sinceRelease,
    }:
    let
      warn = lib.oldestSupportedReleaseIsAtLeast sinceRelease;
    in
    doRename {
      inherit from to warn;
      visible = false;
      use =
        if warn then
          lib.warn "Obsolete option `${showOption from}' is used. It was renamed to `${showOption to}'."
        else
          lib.id;
    };

  /**
    A module for several options that one took the place of.

    # Inputs
    - `from`: the old names
    - `to`: the new name
    - `mergeFn`: makes the new value of the whole configuration

    # Type
    `[ [string] ] -> [string] -> (config -> a) -> module`

    # Example
    ```nix
    let
      merged = lib.mkMergedOptionModule [ [ "a" ] [ "b" ] ] [ "c" ] (config: config.a + config.b);
      base = { options.c = lib.mkOption { }; options.warnings = lib.mkOption { type = lib.types.listOf lib.types.str; }; };
    in
    (lib.evalModules { modules = [ merged base { a = 1; b = 2; } ]; }).config.c
    => 3
    ```
  */
  mkMergedOptionModule =
    from: to: mergeFn:
    { config, options, ... }:
    let
      unset = "_mkMergedOptionModule";
      isSet = path: attrByPath path unset config != unset;
    in
    {
      options = lib.foldl' lib.recursiveUpdate { } (
        map (
          path:
          setAttrByPath path (mkOption {
            visible = false;
            # What shows that nothing was defined: an option may be defined as null.
            default = unset;
          })
        ) from
      );
      config = {
        warnings = builtins.filter (message: message != "") (
          map (
            path:
            let
              option = getAttrFromPath path options;
            in
            lib.optionalString (isSet path)
              "The option `${showOption path}' defined in ${showFiles option.files} has been changed to `${showOption to}' that has a different type. Please read `${showOption to}' documentation and update your configuration accordingly."
          ) from
        );
      }
      // setAttrByPath to (mkMerge (lib.optional (builtins.any isSet from) (mergeFn config)));
    };

  /**
    A module for an option that was replaced by one with another meaning.

    # Type
    `[string] -> [string] -> (config -> a) -> module`

    # Example
    ```nix
    let
      changed = lib.mkChangedOptionModule [ "minutes" ] [ "seconds" ] (config: config.minutes * 60);
      base = { options.seconds = lib.mkOption { }; options.warnings = lib.mkOption { type = lib.types.listOf lib.types.str; }; };
    in
    (lib.evalModules { modules = [ changed base { minutes = 2; } ]; }).config.seconds
    => 120
    ```
  */
  mkChangedOptionModule = from: mkMergedOptionModule [ from ];

  /**
    A module for another name of an option.

    # Type
    `[string] -> [string] -> module`

    # Example
    ```nix
    let eval = lib.evalModules { modules = [ (lib.mkAliasOptionModule [ "alias" ] [ "name" ]) { options.name = lib.mkOption { }; } { alias = 1; } ]; }; in
    [ eval.config.name eval.config.alias ]
    => [ 1 1 ]
    ```
  */
  mkAliasOptionModule =
    from: to:
    doRename {
      inherit from to;
      visible = true;
      warn = false;
      use = lib.id;
    };

  /**
    An old name of `mkAliasOptionModule`.

    # Type
    `[string] -> [string] -> module`

    # Example
    ```nix
    (lib.evalModules { modules = [ (lib.mkAliasOptionModuleMD [ "alias" ] [ "name" ]) { options.name = lib.mkOption { }; } { alias = 1; } ]; }).config.name
    => 1
    ```
  */
  mkAliasOptionModuleMD = mkAliasOptionModule;

  /**
    The general form of the modules for renamed options.

    # Inputs
    - `from`, `to`: the old and the new name
    - `visible`: whether documentation shows the old name
    - `warn`: whether using it is a warning
    - `use`: applied to the value where it is read under the old name
    - `withPriority`: whether definitions keep their priority
    - `condition`: whether the definitions count at all

    # Type
    `{ from, to, visible, warn, use, withPriority ? true, condition ? true } -> module`

    # Example
    ```nix
    let
      rename = lib.doRename { from = [ "a" "b" ]; to = [ "c" ]; visible = true; warn = false; use = x: x; };
    in
    (lib.evalModules { modules = [ rename { options.c = lib.mkOption { }; } { a.b = 1; } ]; }).config.c
    => 1
    ```
  */
  doRename =
    {
      from,
      to,
      visible,
      warn,
      use,
      withPriority ? true,
      condition ? true,
    }:
    { config, options, ... }:
    let
      fromOption = getAttrFromPath from options;
      missing = abort "Renaming error: option `${showOption to}' does not exist.";
      toOption = attrByPath to { } options;
      alias = if withPriority then mkAliasAndWrapDefsWithPriority else mkAliasAndWrapDefinitions;
    in
    {
      options = setAttrByPath from (
        mkOption {
          inherit visible;
          description = "Alias of {option}`${showOption to}`.";
          apply = _: use (attrByPath to missing config);
        }
        // {
          type = toOption.type or (types.submodule { });
        }
      );
      config = mkIf condition (mkMerge [
        (lib.optionalAttrs (options ? warnings) {
          warnings = lib.optional (
            warn && fromOption.isDefined
          ) "The option `${showOption from}' defined in ${showFiles fromOption.files} has been renamed to `${showOption to}'.";
        })
        (alias (setAttrByPath to) fromOption)
      ]);
    };
}
