/** "Module System". */
{ pkgs, lib, ... }:
let
  inherit (lib) evalModules mkOption types;
  base = evalModules {
    class = "example";
    specialArgs.domain = "example.org";
    modules = [
      ({ config, options, domain, extra, ... }: {
        options = {
          enable = lib.mkEnableOption "the service";
          package = lib.mkPackageOption pkgs "hello" { };
          greeting = mkOption { type = types.str; example = "hi"; description = "What is said."; };
          settings = mkOption {
            default = { };
            type = types.submodule {
              freeformType = types.attrsOf types.anything;
              options.port = mkOption { type = types.port; default = 80; };
            };
          };
          lines = mkOption { type = types.lines; default = ""; };
          choice = mkOption { type = types.enum [ "a" "b" ]; default = "a"; };
        };
        config = lib.mkMerge [
          { greeting = lib.mkDefault "from ${domain} by ${extra}"; }
          (lib.mkIf config.enable { settings.on = true; lines = "second"; })
        ];
      })
      { _module.args.extra = "args"; lines = lib.mkBefore "first"; }
    ];
  };
  extended = base.extendModules { modules = [ { enable = true; choice = "b"; settings.port = 8080; } ]; };
in
{
  evaluated = {
    config = removeAttrs base.config [ "_module" "package" ];
    package = base.config.package;
    extended = removeAttrs extended.config [ "_module" "package" ];
    isDefined = [ base.options.greeting.isDefined base.options.settings.isDefined ];
    inherit (base.options.greeting) description example loc;
    class = base.class;
    asType = (evalModules {
      modules = [ { options.inner = mkOption { inherit (base) type; }; config.inner.greeting = "inner"; } ];
    }).config.inner.greeting;
    wrongChoice = (builtins.tryEval (base.extendModules { modules = [ { choice = "c"; } ]; }).config.choice).success;
  };
}
