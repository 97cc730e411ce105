/** Derivations made by a few lines of shell. */
{ lib, stdenv, stdenvNoCC }:
let
  /**
    `runCommand` with everything that may differ.

    # Inputs
    - `stdenv`: the environment
    - `runLocal`: it is so quick that no cache is asked for it
    - `derivationArgs`: further attributes
    - `name`, and the shell code
  */
  runCommandWith =
    {
      stdenv ? stdenvNoCC,
      runLocal ? false,
      derivationArgs ? { },
      name,
    }:
    buildCommand:
    stdenv.mkDerivation (
      {
        enableParallelBuilding = true;
        inherit buildCommand name;
        passAsFile = [ "buildCommand" ] ++ derivationArgs.passAsFile or [ ];
      }
      // lib.optionalAttrs runLocal {
        preferLocalBuild = true;
        allowSubstitutes = false;
      }
      // removeAttrs derivationArgs [ "passAsFile" ]
    );

  with' =
    arguments: name: env: command:
    runCommandWith (
      arguments
      // {
        inherit name;
        derivationArgs = env;
      }
    ) command;
in
{
  inherit runCommandWith;
  runCommand = with' { };
  runCommandLocal = with' { runLocal = true; };
  runCommandCC = with' { inherit stdenv; };
}
