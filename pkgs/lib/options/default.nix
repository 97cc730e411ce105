/**
  Options: what can be set in a configuration.
*/
{ lib }:
let
  part = file: import file { inherit lib; };
in
part ./declare.nix // part ./document.nix // part ./merge.nix // part ./show.nix
