/**
  Text in formats of configuration, out of Nix values.

  Generators take a set of settings first, and then the value.
*/
{ lib }:
let
  part = file: import file { inherit lib; };
in
part ./dhall.nix
// part ./ini.nix
// part ./json.nix
// part ./key-value.nix
// part ./lua.nix
// part ./plist.nix
// part ./pretty.nix
