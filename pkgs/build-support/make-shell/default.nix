/**
  `mkShell`: an environment to work in. `packages` are its programs; it has all that is needed to build
  the packages of `inputsFrom`.

  # Type
  `{ packages :: [derivation], inputsFrom :: [derivation], shellHook :: string, ... } -> derivation`

  # Example
  ```nix
  (pkgs.mkShell {
    packages = [ pkgs.jq ];
    inputsFrom = [ pkgs.hello ];
    shellHook = "echo hello";
  }).name
  => "nix-shell"
  ```
*/
{ lib, stdenv }:
{
  name ? "nix-shell",
  packages ? [ ],
  inputsFrom ? [ ],
  buildInputs ? [ ],
  nativeBuildInputs ? [ ],
  propagatedBuildInputs ? [ ],
  propagatedNativeBuildInputs ? [ ],
  shellHook ? "",
  ...
}@attrs:
let
  merged =
    variable:
    attrs.${variable} or [ ]
    # A package that is part of the environment need not be there itself.
    ++ lib.subtractLists inputsFrom (lib.flatten (lib.catAttrs variable inputsFrom));
in
stdenv.mkDerivation (
  removeAttrs attrs [
    "packages"
    "inputsFrom"
  ]
  // {
    inherit name;
    buildInputs = merged "buildInputs";
    nativeBuildInputs = packages ++ merged "nativeBuildInputs";
    propagatedBuildInputs = merged "propagatedBuildInputs";
    propagatedNativeBuildInputs = merged "propagatedNativeBuildInputs";
    shellHook = lib.concatStringsSep "\n" (
      lib.catAttrs "shellHook" (lib.reverseList inputsFrom ++ [ attrs ])
    );
    phases = [ "buildPhase" ];
    # Built, it is a list of what it is made of.
    buildPhase = ''
      echo "------------------------------------------------------------" >> "$out"
      echo " WARNING: the existence of this path is not guaranteed."     >> "$out"
      echo " It is an internal implementation detail for pkgs.mkShell."  >> "$out"
      echo "------------------------------------------------------------" >> "$out"
      echo >> "$out"
      export >> "$out"
    '';
    preferLocalBuild = true;
  }
)
