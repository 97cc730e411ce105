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

    # Type
    `{ name :: string, ... } -> string -> derivation`

    # Example
    ```nix
    (pkgs.runCommandWith { name = "x"; derivationArgs.word = "snow"; } "echo $word > $out").word
    => "snow"
    ```
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

  /**
    What a few lines of shell put into `$out`. The set has variables of the build, and may have
    `nativeBuildInputs` and all else that `mkDerivation` takes.

    # Type
    `string -> { ... } -> string -> derivation`

    # Example
    ```nix
    (pkgs.runCommand "shout" { word = "snow"; } ''
      echo "$word" | tr a-z A-Z > $out
    '').name
    => "shout"
    ```
  */
  runCommand = with' { };

  /**
    As `runCommand`, for what takes less time to be built than to be asked of caches.

    # Type
    `string -> { ... } -> string -> derivation`

    # Example
    ```nix
    (pkgs.runCommandLocal "x" { } "touch $out").preferLocalBuild
    => true
    ```
  */
  runCommandLocal = with' { runLocal = true; };

  /**
    As `runCommand`, with a compiler for C.

    # Type
    `string -> { ... } -> string -> derivation`

    # Example
    ```nix
    (pkgs.runCommandCC "x" { } "cc --version > $out").name
    => "x"
    ```
  */
  runCommandCC = with' { inherit stdenv; };
}
