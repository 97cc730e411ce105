/**
  Functions on attribute sets.
*/
{ lib }:
let
  part = file: import file { inherit lib; };
in
{
  inherit (builtins)
    attrNames
    attrValues
    catAttrs
    getAttr
    hasAttr
    intersectAttrs
    isAttrs
    listToAttrs
    mapAttrs
    removeAttrs
    ;
}
// part ./build.nix
// part ./derivations.nix
// part ./filter.nix
// part ./map.nix
// part ./merge.nix
// part ./paths.nix
// part ./update.nix
