/**
  What the nixpkgs manual shows, in our own words, a file for each of its subjects. `evaluated` are
  values and derivations, `built` derivations that build only if what the manual says of them is so.
*/
collection:
let
  pkgs = import collection { };
  subjects = {
    stdenv = ./stdenv.nix;
    overriding = ./overriding.nix;
    overlays = ./overlays.nix;
    trivial-builders = ./trivial-builders.nix;
    shells = ./shells.nix;
    modules = ./modules.nix;
    docker = ./docker.nix;
    fetchers = ./fetchers.nix;
    hooks = ./hooks.nix;
    testers = ./testers.nix;
  };
  read =
    file:
    {
      evaluated = { };
      built = { };
    }
    // import file { inherit collection pkgs; inherit (pkgs) lib; };
in
builtins.mapAttrs (_: read) subjects
