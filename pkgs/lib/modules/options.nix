/**
  One option, out of its declarations and definitions.
*/
{ lib }:
let
  inherit (builtins) addErrorContext head length;
  inherit (lib) showFiles showOption;
  inherit (lib.modules) evalModules mergeDefinitions;
in
{
  /**
    One declaration out of several. They may add to each other, and give types that go together, but
    not say the same twice.

    # Type
    `[string] -> [ { _file, pos, options :: option } ] -> option`

    # Example
    ```nix
    (lib.mergeOptionDecls [ "x" ] [
      { _file = "a"; pos = null; options = lib.mkOption { type = lib.types.enum [ 1 ]; default = 1; }; }
      { _file = "b"; pos = null; options = lib.mkOption { type = lib.types.enum [ 2 ]; }; }
    ]).type.description
    => "one of 1, 2"

    lib.mergeOptionDecls [ "x" ] [
      { _file = "a"; pos = null; options = lib.mkOption { type = lib.types.int; }; }
      { _file = "b"; pos = null; options = lib.mkOption { type = lib.types.str; }; }
    ]
    => error: The option `x' in `b' is already declared in `a'.
    ```
  */
  mergeOptionDecls =
    loc:
    builtins.foldl'
      (
        res:
        {
          _file,
          options,
          pos ? null,
          ...
        }:
        let
          both = name: options ? ${name} && res ? ${name};
          # Where there is only one type it is not touched: somebody may have changed it.
          mergedType = res.type.typeMerge options.type.functor;
          typeConflict = both "type" && mergedType == null;
          subModules = options.type.getSubModules or null;
        in
        if both "default" || both "example" || both "description" || both "apply" || typeConflict then
          throw "The option `${showOption loc}' in `${_file}' is already declared in ${showFiles res.declarations}."
        else
          options
          // res
          // {
            declarations = res.declarations ++ [ _file ];
            declarationPositions = res.declarationPositions ++ [
              (
                if pos != null then
                  pos
                else
                  {
                    file = _file;
                    line = null;
                    column = null;
                  }
              )
            ];
            # The modules of submodules, which are to know the file that they stand in.
            options =
              if subModules == null then
                res.options
              else
                map (lib.setDefaultModuleLocation _file) subModules ++ res.options;
          }
          // lib.optionalAttrs (both "type") { type = mergedType; }
      )
      {
        inherit loc;
        declarations = [ ];
        declarationPositions = [ ];
        options = [ ];
      };

  /**
    Gives an option a type if it has none, and the type its submodules.

    # Type
    `[string] -> option -> option`

    # Example
    ```nix
    (lib.fixupOptionType [ "x" ] (lib.mkOption { })).type.name
    => "unspecified"
    ```
  */
  fixupOptionType =
    _loc: opt:
    if opt.type.getSubModules or null == null then
      opt // { type = opt.type or lib.types.unspecified; }
    else
      opt
      // {
        type = opt.type.substSubModules opt.options;
        options = [ ];
      };

  /**
    An option with its value and definitions.

    # Type
    `[string] -> option -> [ { file, value } ] -> option`

    # Example
    ```nix
    (lib.evalOptionValue [ "x" ] (lib.mergeOptionDecls [ "x" ] [ { _file = "a"; options = lib.mkOption { type = lib.types.int; default = 1; }; } ]) [ ]).value
    => 1
    ```
  */
  evalOptionValue =
    loc: opt: defs:
    let
      # The default is a definition like others, which gives way to all of them.
      withDefault =
        lib.optional (opt ? default) {
          file = head (opt.declarations ++ [ lib.unknownModule ]);
          value = lib.mkOptionDefault opt.default;
        }
        ++ defs;

      separately = map (
        def: def // { value = (mergeDefinitions loc opt.type [ def ]).mergedValue; }
      ) withDefault;
      merged =
        if opt.readOnly or false && length withDefault > 1 then
          throw "The option `${showOption loc}' is read-only, but it's set multiple times. Definition values:${lib.options.showDefs separately}"
        else
          mergeDefinitions loc opt.type withDefault;

      value = if opt ? apply then opt.apply merged.mergedValue else merged.mergedValue;
      deprecation = opt.type.deprecationMessage or null;
      warnDeprecated =
        if deprecation == null then
          lib.id
        else
          lib.warn "The type `types.${opt.type.name}' of option `${showOption loc}' defined in ${showFiles opt.declarations} is deprecated. ${deprecation}";
    in
    warnDeprecated opt
    // {
      value = addErrorContext "while evaluating the option `${showOption loc}':" value;
      inherit (merged.defsFinal') highestPrio;
      definitions = map (def: def.value) merged.defsFinal;
      files = map (def: def.file) merged.defsFinal;
      definitionsWithLocations = merged.defsFinal;
      inherit (merged) isDefined;
      inherit (merged.checkedAndMerged) valueMeta;
      # So that an option can stand in a message.
      __toString = _: showOption loc;
    };

  /**
    An old way to evaluate modules without checks.

    # Type
    `[module] -> { … } -> configuration`

    # Example
    ```nix
    (lib.fixMergeModules [ { options.x = lib.mkOption { default = 1; }; config.undeclared = 2; } ] { }).config.x
    => 1
    ```
  */
  fixMergeModules =
    modules: args:
    evalModules {
      inherit modules args;
      check = false;
    };
}
