/** "pkgs.mkShell". */
{ pkgs, lib, ... }:
let
  shell = pkgs.mkShell {
    packages = [ pkgs.gnumake ];
    inputsFrom = [ pkgs.hello pkgs.libpng ];
    shellHook = ''
      export DEBUG=1
    '';
  };
in
{
  evaluated = {
    inherit shell;
    noCompiler = pkgs.mkShellNoCC { packages = [ pkgs.hello ]; };
    overridden = pkgs.mkShell.override { stdenv = pkgs.stdenvNoCC; } { packages = [ pkgs.hello ]; };
    inputs = map lib.getName (shell.buildInputs ++ shell.nativeBuildInputs);
    inherit (shell) shellHook;
    ofFunction = ({ pkgs ? pkgs }: pkgs.mkShell { WHO = "me"; }) { inherit pkgs; };
  };
  built.asDerivation = pkgs.mkShellNoCC { name = "environment"; GREETING = "hi"; };
}
