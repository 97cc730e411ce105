/**
  All modules, with what they import, without those that are disabled.
*/
{ lib }:
let
  inherit (builtins)
    concatMap
    elem
    filter
    genericClosure
    isAttrs
    isList
    isString
    ;
  inherit (lib) isFunction;
  inherit (lib.modules) applyModuleArgsIfFunction unifyModuleSyntax;

  # Reads one module, wherever it comes from.
  load =
    args: fallbackFile: fallbackKey: m:
    if isFunction m then
      let
        result = applyModuleArgsIfFunction fallbackKey m args;
      in
      checked fallbackFile fallbackKey result
    else if isAttrs m then
      let
        kind = m._type or "module";
      in
      if kind == "module" then
        unifyModuleSyntax fallbackFile fallbackKey m
      else if kind == "if" || kind == "override" then
        load args fallbackFile fallbackKey { config = m; }
      else
        throw (wrongType (args._prefix or [ ]) kind fallbackFile)
    else if isList m then
      throw "Module imports can't be nested lists. Perhaps you meant to remove one level of lists? Definitions: ${
        lib.options.showDefs [
          {
            file = fallbackFile;
            value = m;
          }
        ]
      }"
    else
      let
        file = toString m;
        result = applyModuleArgsIfFunction file (import m) args;
      in
      # A file may hold something that is no module at all.
      if isAttrs result && (result._type or "module") != "module" then
        load args file file result
      else
        checked file file result;

  checked =
    file: key: m:
    if isAttrs m then unifyModuleSyntax file key m else throw "module ${file} (${key}) does not look like a module.";

  wrongType =
    prefix: kind: file:
    "Expected a module, but found a value of type ${builtins.toJSON kind}, while trying to load a module into ${toString file}${
      lib.optionalString (prefix != [ ]) ", while trying to load a module into ${lib.showOption prefix}"
    }."
    + lib.optionalString (kind == "configuration") ''

      A configuration is what came of its modules, and cannot be taken apart again: please only import the modules that make up the configuration. They may have to be given a name first, so that both places can use them.'';

  checkClass =
    class: m:
    if class == null || m._class == null || m._class == class then
      m
    else
      throw ''
        The module `${m._file}` (class: ${builtins.toJSON m._class}) cannot be imported into a module evaluation that expects class ${builtins.toJSON class}.'';

  # A module, what it imports, and everything that is disabled there.
  node =
    class: args: fallbackFile: fallbackKey: m:
    let
      module = checkClass class (load args fallbackFile fallbackKey m);
      below = nodes class args module._file module.key module.imports;
    in
    {
      inherit (module) key;
      inherit module;
      children = below.modules;
      disabled =
        lib.optional (module.disabledModules != [ ]) {
          file = module._file;
          disabled = module.disabledModules;
        }
        ++ below.disabled;
    };

  nodes =
    class: args: parentFile: parentKey: list:
    let
      all = lib.imap1 (n: node class args parentFile "${parentKey}:anon-${toString n}") list;
    in
    {
      modules = all;
      disabled = concatMap (x: x.disabled) all;
    };

  # The key that an item of `disabledModules` means.
  keyOf =
    modulesPath: file: item:
    if isString item then
      (if builtins.substring 0 1 item == "/" then item else "${toString modulesPath}/${item}")
    else if lib.isStringLike item then
      toString item
    else if isAttrs item then
      toString (
        item.key
          or (throw "Module `${file}` contains a disabledModules item that is an attribute set, presumably a module, that does not have a `key` attribute. This means that the module system doesn't have any means to identify the module that should be disabled. Make sure that you've put the correct value in disabledModules: a string path relative to modulesPath, a path value, or an attribute set with a `key` attribute.")
      )
    else if lib.strings.isConvertibleWithToString item then
      toString item
    else
      throw "In ${file}, an item of disabledModules is of type ${builtins.typeOf item}. It should be a path, a string, or a module with a `key`.";

  disabledKeys =
    modulesPath: disabled: concatMap (d: map (keyOf modulesPath d.file) d.disabled) disabled;
in
{
  /**
    All modules, each once, with what they import.

    # Inputs
    - `class`: the class of configuration; modules of another one are refused
    - `modulesPath`: where strings in `disabledModules` start from
    - `modules`: the modules to start with
    - `args`: the arguments for modules that are functions

    Returns `modules`, in their full form, and `graph`, which says what imports what.

    # Type
    `(string | null) -> path -> [module] -> { … } -> { modules :: [module], graph :: [ { key, file, imports, disabled } ] }`

    # Example
    ```nix
    map (m: m.config) (lib.modules.collectModules null "" [ { imports = [ { x = 1; } ]; y = 2; } ] { }).modules
    => [ { y = 2; } { x = 1; } ]
    ```
  */
  collectModules =
    class: modulesPath: modules: args:
    let
      tree = nodes class args lib.unknownModule "" modules;
      disabled = disabledKeys modulesPath tree.disabled;
      enabled = filter (x: !elem x.key disabled);
    in
    {
      modules = map (x: x.module) (genericClosure {
        startSet = enabled tree.modules;
        operator = x: enabled x.children;
      });
      graph =
        let
          describe = x: {
            inherit (x) key;
            file = x.module._file;
            imports = map describe x.children;
            disabled = elem x.key disabled;
          };
        in
        # The last one declares `_module`, and is nobody's.
        map describe (filter (x: x.key != "lib/modules.nix") tree.modules);
    };
}
