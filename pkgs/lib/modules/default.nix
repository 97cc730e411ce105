/**
  The module system: configurations out of modules that declare options and define their values.

  `evaluate.nix` puts the parts together. `collect.nix` finds all modules, `module-syntax.nix` reads
  one, `match.nix` sorts what they declare and define by option, `definitions.nix` merges
  definitions into a value. `properties.nix` has what definitions can be wrapped in, and
  `rename.nix` modules for options that have moved.
*/
{ lib }:
let
  part = file: import file { inherit lib; };
in
part ./aliases.nix
// part ./collect.nix
// part ./definitions.nix
// part ./evaluate.nix
// part ./match.nix
// part ./module-syntax.nix
// part ./options.nix
// part ./properties.nix
// part ./rename.nix
