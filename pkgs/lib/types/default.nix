/**
  Types of options: they check values, and say how several definitions become one value.
*/
{ lib }:
let
  part = file: import file { inherit lib; };
in
part ./core.nix
// part ./attribute-list.nix
// part ./attribute-sets.nix
// part ./attribute-tag.nix
// part ./choices.nix
// part ./coerced-to.nix
// part ./functions.nix
// part ./lists.nix
// part ./modules.nix
// part ./numbers.nix
// part ./packages.nix
// part ./paths.nix
// part ./serializable.nix
// part ./strings.nix
// part ./submodule.nix
// part ./unchecked.nix
// part ./unique.nix
// {
  # For `with lib.types; types.…`, which some write.
  types = lib.types;
}
