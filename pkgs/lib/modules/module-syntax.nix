/**
  The forms in which a module can be written.
*/
{ lib }:
let
  inherit (builtins)
    attrNames
    isAttrs
    mapAttrs
    removeAttrs
    ;
  inherit (lib) isFunction mkMerge;

  # What a module may have beside `config` and `options`.
  known = [
    "_class"
    "_file"
    "config"
    "disabledModules"
    "freeformType"
    "imports"
    "key"
    "meta"
    "options"
  ];
in
{
  /**
    A module in its full form, whichever way it is written.

    A set with `config` or `options` may have nothing but what modules have; one without is all
    `config`, except `imports` and the like.

    # Inputs
    - `file`: where it comes from, if it does not say so itself
    - `key`: what tells it from other modules
    - `m`: the module, a set

    # Type
    `string -> string -> { … } -> { _file, _class, key, disabledModules, imports, options, config }`

    # Example
    ```nix
    (lib.unifyModuleSyntax "a.nix" "a.nix" { imports = [ ]; x = 1; }).config
    => { x = 1; }

    (lib.unifyModuleSyntax "a.nix" "a.nix" { config = { }; x = 1; }).config
    => error: Module `a.nix' has an unsupported attribute `x'. This is caused by introducing a top-level `config' or `options' attribute.
    ```
  */
  unifyModuleSyntax =
    file: key: m:
    let
      withMeta =
        config:
        if m ? meta then
          mkMerge [
            config
            { inherit (m) meta; }
          ]
        else
          config;
      withFreeform =
        config:
        if m ? freeformType then
          mkMerge [
            config
            { _module.freeformType = m.freeformType; }
          ]
        else
          config;
      common = {
        _file = toString m._file or file;
        _class = m._class or null;
        key = toString m.key or key;
        disabledModules = m.disabledModules or [ ];
      };
      unsupported = attrNames (removeAttrs m known);
    in
    if m ? config || m ? options then
      if unsupported != [ ] then
        throw "Module `${key}' has an unsupported attribute `${builtins.head unsupported}'. This is caused by introducing a top-level `config' or `options' attribute. Add configuration attributes immediately on the top level instead, or move all of them (namely: ${toString unsupported}) into the explicit `config' attribute."
      else
        common
        // {
          imports = m.imports or [ ];
          options = m.options or { };
          config = withFreeform (withMeta (m.config or { }));
        }
    else
      # Without `config` and `options`, all that is not about the module itself is configuration.
      lib.throwIfNot (isAttrs m) "module ${file} (${key}) does not look like a module." (
        common
        // {
          imports = m.require or [ ] ++ m.imports or [ ];
          options = { };
          config = withFreeform (
            removeAttrs m [
              "_class"
              "_file"
              "disabledModules"
              "freeformType"
              "imports"
              "key"
              "require"
            ]
          );
        }
      );

  /**
    A module's set: the module itself, or what it returns if it is a function.

    # Type
    `string -> (module | ({ … } -> module)) -> { … } -> { … }`

    # Example
    ```nix
    lib.applyModuleArgsIfFunction "a.nix" ({ x, ... }: { inherit x; }) { x = 1; config = { }; }
    => { x = 1; }
    ```
  */
  applyModuleArgsIfFunction =
    key: f: args:
    if isFunction f then
      let
        # Arguments that only the configuration knows are looked up there, by name: nothing is known
        # of it before all modules have been called.
        context = name: "while evaluating the module argument `${name}' in \"${key}\":";
        wanted = mapAttrs (
          name: _: builtins.addErrorContext (context name) (args.${name} or args.config._module.args.${name})
        ) (lib.functionArgs f);
      in
      f (args // wanted)
    else
      f;

  /**
    A module out of a file, for a file that holds a function of something else, which returns the
    module. Errors name the file.

    # Type
    `path -> a -> module`

    # Example
    ```nix
    let file = builtins.toFile "m.nix" "{ n }: { x = n; }"; in
    lib.dischargeProperties (builtins.head (lib.modules.importApply file { n = 1; }).imports).x
    => [ 1 ]
    ```
  */
  importApply = path: arg: lib.setDefaultModuleLocation (toString path) (import path arg);

  /**
    A module that holds the value of a JSON file.

    # Type
    `path -> module`

    # Example
    ```nix
    (lib.modules.importJSON (builtins.toFile "a.json" ''{"x": 1}'')).config.x
    => 1
    ```
  */
  importJSON = file: {
    _file = file;
    config = lib.importJSON file;
  };

  /**
    A module that holds the value of a TOML file.

    # Type
    `path -> module`

    # Example
    ```nix
    (lib.modules.importTOML (builtins.toFile "a.toml" "x = 1")).config.x
    => 1
    ```
  */
  importTOML = file: {
    _file = file;
    config = lib.importTOML file;
  };

  /**
    A module that says which file it comes from, unless it already does.

    # Type
    `path -> module -> module`

    # Example
    ```nix
    (lib.setDefaultModuleLocation "a.nix" { x = 1; })._file
    => "a.nix"
    ```
  */
  setDefaultModuleLocation = file: m: {
    _file = file;
    imports = [ m ];
  };
}
