# Every case of this directory by its name: each file gives a derivation.
let
  isCase = name: name != "default.nix" && builtins.match ".*\\.nix" name != null;
  caseName = file: builtins.substring 0 (builtins.stringLength file - 4) file;
in
builtins.listToAttrs (
  map (file: { name = caseName file; value = import (./. + "/${file}"); })
    (builtins.filter isCase (builtins.attrNames (builtins.readDir ./.)))
)
