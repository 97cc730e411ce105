# A package collection of one package, for the journeys that choose a channel.
{
  system ? builtins.currentSystem,
}:
{
  lib.version = import ./version.nix;
  hello = derivation {
    name = "hello-${import ./version.nix}";
    inherit system;
    builder = "/bin/sh";
  };
}
