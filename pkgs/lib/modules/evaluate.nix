/**
  A configuration out of modules.
*/
{ lib }:
let
  inherit (builtins)
    addErrorContext
    attrNames
    filter
    head
    isAttrs
    length
    mapAttrs
    removeAttrs
    ;
  inherit (lib)
    isOption
    mkOption
    showOption
    types
    ;
  inherit (lib.modules) collectModules evalModules mergeModules;

  # The options that every configuration has.
  internalModule = prefix: {
    _file = "lib/modules.nix";
    key = "lib/modules.nix";
    options._module = {
      args = mkOption {
        # Lazy, so that an argument can depend on others.
        type = types.lazyAttrsOf types.raw;
        # Every submodule has it, and need not document it again.
        internal = prefix != [ ];
        description = ''
          Additional arguments passed to each module in addition to ones
          like `lib`, `config`,
          and `pkgs`, `modulesPath`.

          Unlike `specialArgs`, they may depend on the configuration, and so cannot be used in `imports`.
        '';
      };
      check = mkOption {
        type = types.bool;
        internal = true;
        default = true;
        description = "Whether to check whether all option definitions have matching declarations.";
      };
      freeformType = mkOption {
        type = types.nullOr types.optionType;
        internal = true;
        default = null;
        description = ''
          If set, merge all definitions that don't have an associated option together using this type.
          The result then gets combined with the values of all declared options to produce the final `config` value.
        '';
      };
      specialArgs = mkOption {
        readOnly = true;
        internal = true;
        description = "Externally provided module arguments that can't be modified from within a configuration, but can be used in module imports.";
      };
    };
  };

  # What could have been meant by a name that is not declared: the three nearest.
  suggestions =
    options: def:
    let
      wanted = lib.last def.prefix;
      parent = lib.init def.prefix;
      candidates = lib.attrByPath parent { } options;
      near = name: lib.strings.levenshteinAtMost (distanceLimit wanted) wanted name;
      ranked = lib.take 3 (
        lib.sortOn (name: lib.strings.levenshtein wanted name) (
          filter (name: !lib.hasPrefix "_" name && near name) (attrNames candidates)
        )
      );
    in
    ranked;
  distanceLimit = name: lib.max 1 (builtins.stringLength name / 3);
in
{
  /**
    Evaluates modules.

    # Inputs
    - `modules`: sets, functions that return sets, or files with such
    - `prefix`: the path at which the options are, for messages and documentation
    - `specialArgs`: arguments for modules that are there already when `imports` are looked at
    - `class`: what kind of configuration this is; modules for another kind are refused

    Returns
    - `config`: the values
    - `options`: the declarations, with value, definitions and files of each
    - `extendModules`: evaluates with more modules
    - `type`: a submodule type of these modules
    - `graph`: which module imports which
    - `class`, and `_module`: its own options' values

    # Type
    `{ modules, prefix ? [ ], specialArgs ? { }, class ? null } -> configuration`

    # Example
    ```nix
    let
      declare = { options.port = lib.mkOption { type = lib.types.port; default = 80; }; options.url = lib.mkOption { type = lib.types.str; }; };
      define = { config, ... }: { url = "http://localhost:${toString config.port}"; };
    in
    (lib.evalModules { modules = [ declare define { port = 8080; } ]; }).config
    => { port = 8080; url = "http://localhost:8080"; }

    (lib.evalModules { modules = [ { _file = "a.nix"; options.enable = lib.mkEnableOption "it"; config.enabel = true; } ]; }).config
    => error: The option `enabel' does not exist. Definition values:\n- In `a.nix': true\n\nDid you mean `enable'?
    ```
  */
  evalModules =
    evalArgs@{
      modules,
      prefix ? [ ],
      specialArgs ? { },
      class ? null,
      # What these were before `_module.args` and `_module.check`.
      args ? { },
      check ? null,
    }:
    let
      legacy =
        lib.optional (evalArgs ? args) {
          config = {
            _module.args = args;
          };
        }
        ++ lib.optional (check != null) {
          config = {
            _module.check = lib.mkDefault check;
          };
        };

      moduleArgs = {
        inherit lib options specialArgs;
        _class = class;
        _prefix = prefix;
        config = addErrorContext "if you get an infinite recursion here, you probably reference `config` in `imports`. If you are trying to achieve a conditional import behavior dependent on `config`, consider importing unconditionally, and using `mkEnableOption` and `mkIf` to control its effect." config;
      }
      // specialArgs;

      collected = collectModules class (specialArgs.modulesPath or "") (
        modules ++ legacy ++ [ (internalModule prefix // { config = internalConfig; }) ]
      ) moduleArgs;
      internalConfig = {
        _module.args = {
          inherit extendModules;
          moduleType = type;
        };
        _module.specialArgs = specialArgs;
      };

      # Imported modules come first, so that what is defined later in a list of modules is later in a list of values.
      merged = mergeModules prefix (lib.reverseList collected.modules);
      options = merged.matchedOptions;

      declared = lib.mapAttrsRecursiveCond (v: !isOption v) (_: v: v.value) options;
      freeformType = declared._module.freeformType;
      undeclared = merged.unmatchedDefns;
      freeform =
        if undeclared == [ ] then
          { }
        else
          freeformType.merge prefix (
            map (def: {
              inherit (def) file;
              value = lib.setAttrByPath (lib.drop (length prefix) def.prefix) def.value;
            }) undeclared
          );
      config =
        if freeformType == null then
          declared
        else
          # `_module` must be there before anything undeclared is looked at.
          lib.recursiveUpdate freeform declared
          // {
            inherit (declared) _module;
          };

      checkUndeclared =
        if declared._module.check && freeformType == null && undeclared != [ ] then
          throw (explain (head undeclared))
        else
          null;
      explain =
        def:
        let
          local = def // {
            prefix = lib.drop (length prefix) def.prefix;
          };
          same = filter (d: d.prefix == def.prefix) undeclared;
          name = showOption def.prefix;
          nearNames = map (n: "`${showOption (lib.init def.prefix ++ [ n ])}'") (
            suggestions options local
          );
          question =
            if nearNames == [ ] then
              ""
            else if length nearNames == 1 then
              "\n\nDid you mean ${head nearNames}?"
            else
              "\n\nDid you mean ${lib.concatStringsSep ", " (lib.init nearNames)} or ${lib.last nearNames}?";
          optionInConfig = isAttrs def.value && def.value._type or null == "option";
          noOptions = attrNames (removeAttrs options [ "_module" ]) == [ ];
        in
        "The option `${name}' does not exist. Definition values:${
          addErrorContext "while evaluating the error message for definitions for `${name}', which is an option that does not exist" (
            lib.concatMapStrings (
              d:
              addErrorContext "while evaluating a definition from `${d.file}'" (lib.options.showDefs [ d ])
            ) same
          )
        }${question}"
        + (
          if optionInConfig && noOptions then
            ''


              However there are no options defined in `${showOption prefix}'. Are you sure you've
              declared your options properly? This can happen if you e.g. declared your options in `types.submodule'
              under `config' rather than `options'.''
          else if optionInConfig then
            ''


              It seems as if you're trying to declare an option by placing it into `config' rather than `options'!''
          else
            ""
        );

      checked = builtins.seq checkUndeclared;

      extendModules =
        extendArgs@{
          modules ? [ ],
          specialArgs ? { },
          prefix ? [ ],
        }:
        evalModules (
          evalArgs
          // {
            inherit class;
            modules = evalArgs.modules ++ modules;
            specialArgs = evalArgs.specialArgs or { } // specialArgs;
            prefix = extendArgs.prefix or evalArgs.prefix or [ ];
          }
        );

      type = types.submoduleWith {
        inherit modules specialArgs class;
      };
    in
    {
      _type = "configuration";
      options = checked options;
      config = checked (removeAttrs config [ "_module" ]);
      # Not checked: a submodule is asked for its freeform type before anything is defined.
      inherit (config) _module;
      inherit (collected) graph;
      inherit class extendModules type;
    };
}
