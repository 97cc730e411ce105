/**
  Flakes, as far as Nix itself offers functions for them.
*/
{ lib }:
{
  # Not every Nix has these.
  ${if builtins ? parseFlakeRef then "parseFlakeRef" else null} = builtins.parseFlakeRef;
  ${if builtins ? flakeRefToString then "flakeRefToString" else null} = builtins.flakeRefToString;
}
