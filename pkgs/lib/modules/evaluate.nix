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
    length
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
          Arguments that every module gets, besides `config`, `options`, `lib` and those of `specialArgs`. They may depend on the configuration, and so are not there yet
          where `imports` are looked at.
        '';
      };
      check = mkOption {
        type = types.bool;
        internal = true;
        default = true;
        description = "Whether it is an error to define what is not declared.";
      };
      freeformType = mkOption {
        type = types.nullOr types.optionType;
        internal = true;
        default = null;
        description = "The type of all that is defined and not declared, taken together. Null if there must not be any.";
      };
      specialArgs = mkOption {
        readOnly = true;
        internal = true;
        description = "The arguments that this evaluation was called with; they are there where `imports` are looked at.";
      };
    };
  };

  # What could have been meant by a name that is not declared: the three names there that are most
  # like it.
  suggestions =
    options: path:
    let
      wanted = lib.last path;
      declared = filter (name: !lib.hasPrefix "_" name) (
        attrNames (lib.attrByPath (lib.init path) { } options)
      );
    in
    lib.take 3 (lib.sortOn (lib.strings.levenshtein wanted) declared);
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
        config = addErrorContext "if you get an infinite recursion here, `imports` may depend on `config`, which is only known when all modules are. Import unconditionally, and let an option and `mkIf` decide what the module does." config;
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

      # Imported modules come first, so that what is defined later in a list of modules is later in
      # a list of values.
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
          same = filter (d: d.prefix == def.prefix) undeclared;
          name = showOption def.prefix;
          nearNames = map (n: "`${showOption (lib.init def.prefix ++ [ n ])}'") (
            suggestions options (lib.drop (length prefix) def.prefix)
          );
          question =
            if nearNames == [ ] then
              ""
            else if length nearNames == 1 then
              "\n\nDid you mean ${head nearNames}?"
            else
              "\n\nDid you mean ${lib.concatStringsSep ", " (lib.init nearNames)} or ${lib.last nearNames}?";
          optionInConfig = builtins.any (d: (builtins.tryEval (isOption d.value)).value) undeclared;
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
          if noOptions && prefix != [ ] then
            ''


              No option is declared in `${showOption prefix}'. This can happen if you e.g. declared your options in `types.submodule' under `config' rather than `options'.''
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
