# Written as modules of a package collection are.
{ config, lib, pkgs, ... }:

with lib;

let
  cfg = config.services.lantern;

  settingsFile = pkgs.writeText "lantern.conf" (concatStringsSep "\n" (
    mapAttrsToList (name: value: "${name} = ${toString value}") cfg.settings
  ));

in
{
  options.services.lantern = {
    enable = mkEnableOption "the lantern, which lights the way";

    package = mkOption {
      type = types.package;
      default = pkgs.lantern;
      description = "The package that is used.";
    };

    settings = mkOption {
      type = types.attrsOf types.str;
      default = { };
      example = { brightness = "7"; colour = "warm"; };
      description = ''
        What is written to the configuration file.
        See the manual for what there is.
      '';
    };
  };

  config = mkIf cfg.enable {
    systemd.services.lantern = {
      description = "Lantern";
      wantedBy = [ "multi-user.target" ];
      after = [ "network.target" ];
      preStart = ''
        mkdir -p /var/lib/lantern
        chown lantern: /var/lib/lantern
        if [ ! -e /var/lib/lantern/state ]; then
          ${cfg.package}/bin/lantern --init /var/lib/lantern/state
        fi
      '';
      serviceConfig = {
        ExecStart = "${cfg.package}/bin/lantern --config ${settingsFile}";
        User = "lantern";
        Restart = "on-failure";
      };
    };

    users.users.lantern = {
      isSystemUser = true;
      home = "/var/lib/lantern";
    };
  };
}
