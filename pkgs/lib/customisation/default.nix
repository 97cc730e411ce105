/**
  Packages that can be changed after they were written: overriding, calling with what is there,
  scopes.
*/
{ lib }:
let
  part = file: import file { inherit lib; };
in
part ./call-package.nix // part ./cross-index.nix // part ./derivations.nix // part ./override.nix // part ./scope.nix
