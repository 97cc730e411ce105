/**
  Systems: what a program is built on, runs on, and makes programs for.
*/
{ lib }:
{
  doubles = import ./doubles.nix { inherit lib; };
  examples = import ./examples.nix;
  flakeExposed = import ./flake-exposed.nix;
  inspect = import ./inspect.nix { inherit lib; };
  parse = import ./parse { inherit lib; };
}
// import ./elaborate.nix { inherit lib; }
