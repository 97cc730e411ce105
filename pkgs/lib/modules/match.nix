/**
  What modules declare and define, option by option.
*/
{ lib }:
let
  inherit (builtins)
    all
    attrNames
    concatMap
    head
    isAttrs
    mapAttrs
    typeOf
    ;
  inherit (lib) isOption mkOption showOption;
  inherit (lib.modules)
    evalOptionValue
    fixupOptionType
    mergeModules'
    mergeOptionDecls
    mkIf
    mkOverride
    ;

  # A definition of a set of options as definitions of these: conditions and priorities move
  # inwards.
  split =
    prefix:
    def@{ file, value }:
    let
      kind = if isAttrs value then value._type or null else null;
      inner = value: split prefix { inherit file value; };
      wrap = f: map (d: d // { value = mapAttrs (_: f) d.value; });
    in
    if kind == "merge" then
      concatMap inner value.contents
    else if kind == "if" then
      wrap (mkIf value.condition) (inner value.content)
    else if kind == "override" then
      wrap (mkOverride value.priority) (inner value.content)
    else if kind == "definition" then
      split prefix { inherit (value) file value; }
    else
      [ (if isAttrs value then def else throw (notASet prefix def)) ];

  notASet = prefix: def: ''
    In module `${def.file}', you're trying to define a value of type `${typeOf def.value}'
    rather than an attribute set for the option
    `${showOption prefix}'!

    Perhaps nothing below `${showOption prefix}' has that name, or the value belongs to one of its options.
  '';

  # The declarations of a module, by name.
  declarations =
    prefix: m:
    if !isAttrs m.options then
      throw "An option declaration for `${showOption prefix}' has type `${typeOf m.options}' rather than an attribute set in module `${m._file}'. Did you mean to define this outside of `options'? You can do this using `config'."
    else
      mapAttrs (name: options: {
        inherit (m) _file;
        pos = builtins.unsafeGetAttrPos name m.options;
        inherit options;
      }) m.options;

  checkDeclaration =
    loc: m:
    if isAttrs m.options && m.options ? _type && m.options._type != "option" then
      throw "In module ${m._file}: expected an option declaration at option path `${showOption loc}` but got an attribute set with type ${m.options._type}"
    else
      m;

  # An option that holds submodules may also be declared as a set of options: they belong to the
  # submodules.
  asSubmodule =
    m:
    if isOption m.options then
      m
    else
      m
      // {
        options = mkOption {
          type = lib.types.submoduleWith {
            shorthandOnlyDefinesConfig = null;
            modules = [
              {
                _file = m._file;
                inherit (m) options;
              }
            ];
          };
        };
      };

  explainParent =
    loc: parents: children:
    let
      parent = lib.findFirst (m: (m.options.type.getSubModules or null) == null) (head parents) parents;
      # The options below, as far as the first of each.
      leaves = concatMap (
        m:
        map (path: "- option(s) with prefix `${showOption (loc ++ [ path ])}' in module `${m._file}'") (
          attrNames m.options
        )
      ) children;
    in
    "The option `${showOption loc}' in module `${parent._file}' would be a parent of the following options, but its type `${
      parent.options.type.description or "<no description>"
    }' does not support nested options.\n${lib.concatStringsSep "\n" leaves}";
in
{
  /**
    Evaluates the options that modules declare, with what they define.

    Returns `matchedOptions`, the tree of options, and `unmatchedDefns`, definitions of what nobody
    has declared.

    # Type
    `[string] -> [module] -> { matchedOptions, unmatchedDefns }`

    # Example
    ```nix
    let
      m = lib.unifyModuleSyntax "a.nix" "a.nix" { options.x = lib.mkOption { }; config = { x = 1; y = 2; }; };
      result = lib.mergeModules [ ] [ m ];
    in
    [ result.matchedOptions.x.value (map (d: d.prefix) result.unmatchedDefns) ]
    => [ 1 [ [ "y" ] ] ]
    ```
  */
  mergeModules =
    prefix: modules:
    mergeModules' prefix modules (
      concatMap (
        m:
        split prefix {
          file = m._file;
          value = m.config;
        }
      ) modules
    );

  /**
    Like `mergeModules`, with declarations and definitions apart.

    # Inputs
    - `prefix`: the path to these options
    - `modules`: sets with `_file` and `options`
    - `definitions`: sets with `file` and `value`

    # Type
    `[string] -> [ { _file, options } ] -> [ { file, value } ] -> { matchedOptions, unmatchedDefns }`

    # Example
    ```nix
    (lib.mergeModules' [ ] [ { _file = "a"; options.x = lib.mkOption { }; } ] [ { file = "b"; value = { x = 1; }; } ]).matchedOptions.x.value
    => 1
    ```
  */
  mergeModules' =
    prefix: modules: definitions:
    let
      declared = lib.zipAttrs (map (declarations prefix) modules);
      defined = lib.zipAttrs (
        map (
          def:
          mapAttrs (_: value: {
            inherit (def) file;
            inherit value;
          }) def.value
        ) definitions
      );

      results = mapAttrs (
        name: unchecked:
        let
          loc = prefix ++ [ name ];
          decls = map (checkDeclaration loc) unchecked;
          defs = defined.${name} or [ ];
          parted = builtins.partition (m: isOption m.options) decls;
          option = decls: {
            matchedOptions = evalOptionValue loc (fixupOptionType loc (mergeOptionDecls loc decls)) defs;
            unmatchedDefns = [ ];
          };
        in
        if parted.right == [ ] then
          mergeModules' loc decls (concatMap (split loc) defs)
        else if parted.wrong == [ ] then
          option decls
        else if all (m: (m.options.type.getSubModules or null) != null) parted.right then
          option (map asSubmodule decls)
        else
          throw (explainParent loc parted.right parted.wrong)
      ) declared;

      undeclared = builtins.removeAttrs defined (attrNames declared);
    in
    {
      matchedOptions = mapAttrs (_: result: result.matchedOptions) results;
      unmatchedDefns =
        concatMap (name: map (def: def // { prefix = prefix ++ [ name ]; }) undeclared.${name}) (
          attrNames undeclared
        )
        # A declared option has nothing below it that would not match.
        ++ concatMap (result: result.unmatchedDefns) (builtins.attrValues results);
    };
}
