/**
  Source trees with only some of their files.
*/
{ lib }:
let
  part = file: import file { inherit lib; };
in
part ./filter.nix // part ./revision.nix
