/**
  Options within options.
*/
{ lib }:
let
  inherit (builtins) isAttrs isPath;
  inherit (lib) isFunction;
  inherit (lib.types) mkOptionType optionDescriptionPhrase submoduleWith;
  inherit (import ./merging.nix { inherit lib; }) checkDefinitions checkedMerge isNounOrComposite;
in
{
  /**
    A set with options of its own, declared by modules. A set as definition only defines values,
    even if its attributes are called `options` or `config`.

    # Type
    `(module | [module]) -> type`

    # Example
    ```nix
    let
      server = lib.types.submodule { options.port = lib.mkOption { type = lib.types.port; default = 80; }; };
      eval = lib.evalModules {
        modules = [ { options.servers = lib.mkOption { type = lib.types.attrsOf server; }; config.servers = { a = { }; b.port = 8080; }; } ];
      };
    in
    eval.config.servers
    => { a = { port = 80; }; b = { port = 8080; }; }
    ```
  */
  submodule =
    modules:
    submoduleWith {
      shorthandOnlyDefinesConfig = true;
      modules = lib.toList modules;
    };

  /**
    The general form of `submodule`.

    # Inputs
    - `modules`: declare the options
    - `specialArgs`: arguments for these modules that are there already when `imports` are looked at
    - `shorthandOnlyDefinesConfig`: whether a set as definition only defines values; else it is a
      module
    - `description`: the type's description
    - `class`: the class of modules that may be used

    # Type
    `{ modules, specialArgs ? { }, shorthandOnlyDefinesConfig ? false, description ? null, class ? null } -> type`

    # Example
    ```nix
    let
      t = lib.types.submoduleWith { modules = [ ({ greeting, ... }: { options.x = lib.mkOption { default = greeting; }; }) ]; specialArgs.greeting = "hello"; };
    in
    t.merge [ "s" ] [ ]
    => { x = "hello"; }
    ```
  */
  submoduleWith =
    attrs@{
      modules,
      specialArgs ? { },
      shorthandOnlyDefinesConfig ? false,
      description ? null,
      class ? null,
    }:
    let
      moduleOf =
        { file, value }:
        if isAttrs value && shorthandOnlyDefinesConfig then
          {
            _file = file;
            config = value;
          }
        else
          {
            _file = file;
            imports = [ value ];
          };

      # Evaluated once; each value extends it.
      base = lib.evalModules {
        inherit class specialArgs;
        modules = [
          # Where nobody knows the name of the attribute that the submodule is, as in documentation.
          { _module.args.name = lib.mkOptionDefault "‹name›"; }
        ]
        ++ modules;
      };

      freeformType = base._module.freeformType;
      check = x: isAttrs x || isFunction x || isPath x || lib.types.path.check x;
      name = "submodule";
    in
    mkOptionType (
      {
        inherit name;
        description =
          if description != null then
            description
          else if freeformType == null then
            name
          else
            "open ${name} of ${optionDescriptionPhrase isNounOrComposite freeformType}";
        emptyValue.value = { };
        getSubOptions =
          prefix:
          let
            docs = base.extendModules {
              inherit prefix;
              modules = [ lib.types.noCheckForDocsModule ];
            };
          in
          docs.options
          // lib.optionalAttrs (freeformType != null) {
            # What other names may stand for. The underscore puts it before all options.
            _freeformOptions = freeformType.getSubOptions prefix;
          };
        getSubModules = modules;
        substSubModules = modules: submoduleWith (attrs // { inherit modules; });
        nestedTypes = lib.optionalAttrs (freeformType != null) { inherit freeformType; };
        functor = lib.defaultFunctor name // {
          type = submoduleWith;
          payload = {
            inherit
              class
              description
              modules
              shorthandOnlyDefinesConfig
              specialArgs
              ;
          };
          binOp =
            a: b:
            let
              shared = builtins.intersectAttrs a.specialArgs b.specialArgs;
              # Of two values one may be the default.
              agree =
                attr: default: explain:
                if a.${attr} == default then
                  b.${attr}
                else if b.${attr} == default || a.${attr} == b.${attr} then
                  a.${attr}
                else
                  throw "A submoduleWith option is declared multiple times with conflicting ${explain}";
            in
            {
              modules = a.modules ++ b.modules;
              specialArgs =
                if shared == { } then
                  a.specialArgs // b.specialArgs
                else
                  throw ''A submoduleWith option is declared multiple times with the same specialArgs "${toString (builtins.attrNames shared)}"'';
              class = agree "class" null ''class values "${toString a.class}" and "${toString b.class}".'';
              description = agree "description" null "descriptions";
              shorthandOnlyDefinesConfig =
                if a.shorthandOnlyDefinesConfig == null then
                  b.shorthandOnlyDefinesConfig
                else if
                  b.shorthandOnlyDefinesConfig == null
                  || a.shorthandOnlyDefinesConfig == b.shorthandOnlyDefinesConfig
                then
                  a.shorthandOnlyDefinesConfig
                else
                  throw "A submoduleWith option is declared multiple times with conflicting shorthandOnlyDefinesConfig values";
            };
        };
      }
      // checkedMerge {
        inherit check;
        merge =
          { loc, defs }:
          let
            configuration = base.extendModules {
              modules = [ { _module.args.name = lib.last loc; } ] ++ map moduleOf defs;
              prefix = loc;
            };
          in
          {
            headError = checkDefinitions check defs;
            value = configuration.config;
            valueMeta = { inherit configuration; };
          };
      }
    );
}
