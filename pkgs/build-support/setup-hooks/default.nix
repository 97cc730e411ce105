/** Setup hooks: pieces of shell that a build gets by having them among its inputs. */
{
  lib,
  runCommand,
  autoconf,
  automake,
  libtool,
  toolchain,
}:
rec {
  /**
    A package that is a setup hook: shell code that builds run which have it among their inputs. `@name@`
    in the script stands for what `substitutions` say.

    # Type
    `{ name :: string, substitutions :: { <name> :: string }, ... } -> path -> derivation`

    # Example
    ```nix
    (pkgs.makeSetupHook { name = "greeting-hook"; } (pkgs.writeText "hook" "echo hello")).name
    => "greeting-hook"
    ```
  */
  makeSetupHook =
    {
      name ? throw "makeSetupHook needs a `name`",
      propagatedBuildInputs ? [ ],
      propagatedNativeBuildInputs ? [ ],
      substitutions ? { },
      meta ? { },
      passthru ? { },
    }:
    script:
    runCommand name
      (
        substitutions
        // {
          inherit meta passthru;
          strictDeps = true;
          propagatedBuildInputs = propagatedBuildInputs;
          propagatedNativeBuildInputs = propagatedNativeBuildInputs;
        }
      )
      ''
        mkdir -p $out/nix-support
        cp ${script} $out/nix-support/setup-hook
        recordPropagatedDependencies
        ${lib.optionalString (substitutions != { }) ''
          substitute $out/nix-support/setup-hook $out/nix-support/setup-hook.new ${
            lib.escapeShellArgs (
              lib.concatMap (variable: [
                "--subst-var-by"
                variable
                "${substitutions.${variable}}"
              ]) (lib.attrNames substitutions)
            )
          }
          mv $out/nix-support/setup-hook.new $out/nix-support/setup-hook
        ''}
      '';

  /** Gives builds the functions `makeWrapper` and `wrapProgram`. */
  makeWrapper = makeSetupHook { name = "make-wrapper-hook"; } ./make-wrapper.sh;
  makeShellWrapper = makeWrapper;

  /** Has builds write their configure scripts. */
  autoreconfHook = makeSetupHook {
    name = "autoreconf-hook";
    propagatedBuildInputs = [
      autoconf
      automake
      libtool
    ];
  } ./autoreconf.sh;

  /**
    Has programs that were built elsewhere find the loader and their libraries in the store: in the
    outputs, and in what the build depends on.

    # Type
    `derivation`

    # Example
    ```nix
    pkgs.autoPatchelfHook.name
    => "auto-patchelf-hook"
    ```
  */
  autoPatchelfHook = makeSetupHook {
    name = "auto-patchelf-hook";
    substitutions = {
      inherit (toolchain) libc;
      loader = "${toolchain.libc}/lib/${toolchain.loader}";
    };
  } ./auto-patchelf.sh;

  /** Gives builds the function `installShellCompletion`, `installManPage` and `installBin`. */
  installShellFiles = makeSetupHook { name = "install-shell-files"; } ./install-shell-files.sh;
}
