/**
  Functions on lists.
*/
{ lib }:
let
  part = file: import file { inherit lib; };
in
{
  inherit (builtins)
    all
    any
    concatLists
    concatMap
    elem
    elemAt
    filter
    foldl'
    genList
    head
    isList
    length
    map
    partition
    tail
    ;
}
// part ./build.nix
// part ./compare.nix
// part ./fold.nix
// part ./search.nix
// part ./select.nix
// part ./sort.nix
