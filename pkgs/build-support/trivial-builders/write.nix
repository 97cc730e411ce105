/** Texts as files of the store: plain, executable, or as programs in `bin/`. */
{
  lib,
  stdenv,
  runCommand,
  shellcheck ? null,
  runtimeShell,
}:
let
  /**
    A file with a text.

    # Inputs
    - `text`
    - `executable`: it may be run
    - `destination`: where it lies in the output, like `/bin/hello`; the output itself is the file where it is not given
    - `checkPhase`: shell code that looks at `$target` and may fail
    - `meta`, `passthru`, `derivationArgs`

    # Type
    `{ text :: string, ... } -> derivation`

    # Example
    ```nix
    (pkgs.writeTextFile {
      name = "greet";
      destination = "/bin/greet";
      executable = true;
      text = "#!/bin/sh\necho hello";
    }).meta.mainProgram
    => "greet"
    ```
  */
  writeTextFile =
    {
      name ? null,
      pname ? null,
      version ? null,
      text,
      executable ? false,
      destination ? "",
      checkPhase ? "",
      meta ? { },
      passthru ? { },
      allowSubstitutes ? false,
      preferLocalBuild ? true,
      derivationArgs ? { },
    }:
    let
      isProgram = builtins.match "/bin/[^/]+" destination != null;
      fullName = if name != null then name else "${pname}-${version}";
    in
    assert lib.assertMsg (
      destination == "" || lib.hasPrefix "/" destination
    ) "writeTextFile: the destination ‘${destination}’ of ${fullName} must begin with a slash";
    runCommand fullName
      (
        {
          inherit
            text
            executable
            checkPhase
            allowSubstitutes
            preferLocalBuild
            destination
            ;
          passAsFile = [ "text" ] ++ derivationArgs.passAsFile or [ ];
          meta =
            lib.optionalAttrs (executable && isProgram) { mainProgram = lib.removePrefix "/bin/" destination; }
            // meta;
          inherit passthru;
        }
        // removeAttrs derivationArgs [ "passAsFile" ]
      )
      ''
        target=$out$destination
        mkdir -p "$(dirname "$target")"
        if [ -e "$textPath" ]; then
          mv "$textPath" "$target"
        else
          printf '%s' "$text" > "$target"
        fi
        if [ -n "$executable" ]; then chmod +x "$target"; fi
        eval "$checkPhase"
      '';

  /** Whether a shell understands it, before anybody runs it. */
  checkSyntax = "${stdenv.shellDryRun} \"$target\"";
in
rec {
  inherit writeTextFile;

  /**
    A file with a text, in the store.

    # Type
    `string -> string -> derivation`

    # Example
    ```nix
    (pkgs.writeText "greeting" "hello").name
    => "greeting"
    ```
  */
  writeText =
    name: text:
    # The place of a text in the store depends on its name and on nothing that a person would not expect.
    writeTextFile { inherit name text; };

  /**
    A directory with one file in it, at `path`, that has the text.

    # Type
    `string -> string -> derivation`

    # Example
    ```nix
    (pkgs.writeTextDir "share/greeting" "hello").name
    => "greeting"
    ```
  */
  writeTextDir =
    path: text:
    writeTextFile {
      name = baseNameOf path;
      inherit text;
      destination = "/${path}";
    };

  /**
    A file with a text, that may be run: its first line says by what.

    # Type
    `string -> string -> derivation`

    # Example
    ```nix
    (pkgs.writeScript "hi" "#!/bin/sh\necho hi").name
    => "hi"
    ```
  */
  writeScript =
    name: text:
    writeTextFile {
      inherit name text;
      executable = true;
    };

  /**
    A program of this text in `bin/`: its first line says by what it is run.

    # Type
    `string -> string -> derivation`

    # Example
    ```nix
    (pkgs.writeScriptBin "hi" "#!/bin/sh\necho hi").name
    => "hi"
    ```
  */
  writeScriptBin =
    name: text:
    writeTextFile {
      inherit name text;
      executable = true;
      destination = "/bin/${name}";
    };

  /**
    A file with shell code, that may be run. What is no shell code does not build.

    # Type
    `string -> string -> derivation`

    # Example
    ```nix
    (pkgs.writeShellScript "hi" "echo hi").name
    => "hi"
    ```
  */
  writeShellScript =
    name: text:
    writeTextFile {
      inherit name;
      executable = true;
      text = ''
        #!${runtimeShell}
        ${text}
      '';
      checkPhase = checkSyntax;
    };

  /**
    A program in `bin/`, of shell code.

    # Type
    `string -> string -> derivation`

    # Example
    ```nix
    (pkgs.writeShellScriptBin "hi" "echo hi").meta.mainProgram
    => "hi"

    lib.getExe (pkgs.writeShellScriptBin "hi" "echo hi") == "${pkgs.writeShellScriptBin "hi" "echo hi"}/bin/hi"
    => true
    ```
  */
  writeShellScriptBin =
    name: text:
    writeTextFile {
      inherit name;
      executable = true;
      destination = "/bin/${name}";
      text = ''
        #!${runtimeShell}
        ${text}
      '';
      checkPhase = checkSyntax;
      meta.mainProgram = name;
    };

  /**
    A program in shell that ends with the first error, finds the programs of `runtimeInputs`, and is
    checked when it is built.

    # Inputs
    - `name`, `text`: of the program
    - `runtimeInputs`: packages whose programs it finds
    - `runtimeEnv`: variables that it has
    - `bashOptions`: what is set at its beginning, `errexit`, `nounset` and `pipefail` by itself
    - `checkPhase`: instead of the check

    # Type
    `{ name :: string, text :: string, runtimeInputs :: [derivation], ... } -> derivation`

    # Example
    ```nix
    (pkgs.writeShellApplication {
      name = "shout";
      runtimeInputs = [ pkgs.coreutils ];
      text = "tr a-z A-Z";
    }).meta.mainProgram
    => "shout"
    ```
  */
  writeShellApplication =
    {
      name,
      text,
      runtimeInputs ? [ ],
      runtimeEnv ? null,
      inheritPath ? true,
      meta ? { },
      passthru ? { },
      checkPhase ? null,
      excludeShellChecks ? [ ],
      extraShellCheckFlags ? [ ],
      bashOptions ? [
        "errexit"
        "nounset"
        "pipefail"
      ],
      derivationArgs ? { },
    }:
    writeTextFile {
      inherit
        name
        meta
        passthru
        derivationArgs
        ;
      executable = true;
      destination = "/bin/${name}";
      text =
        "#!${runtimeShell}\n"
        + lib.concatMapStrings (option: "set -o ${option}\n") bashOptions
        + lib.optionalString (runtimeEnv != null) (
          lib.concatMapStrings (variable: ''
            ${lib.toShellVar variable runtimeEnv.${variable}}
            export ${variable}
          '') (lib.attrNames runtimeEnv)
        )
        + lib.optionalString (runtimeInputs != [ ]) ''

          export PATH="${lib.makeBinPath runtimeInputs}${lib.optionalString inheritPath ":$PATH"}"
        ''
        + ''

          ${text}
        '';
      checkPhase =
        if checkPhase != null then
          checkPhase
        else
          ''
            runHook preCheck
            ${checkSyntax}
            ${lib.optionalString (shellcheck != null)
              "${lib.getExe shellcheck} ${
                lib.escapeShellArgs (
                  lib.optionals (excludeShellChecks != [ ]) [
                    "--exclude"
                    (lib.concatStringsSep "," excludeShellChecks)
                  ]
                  ++ extraShellCheckFlags
                )
              } \"$target\""
            }
            runHook postCheck
          '';
    };

  /**
    Files one after another, as one.

    # Type
    `{ name :: string, files :: [path], ... } -> derivation`

    # Example
    ```nix
    (pkgs.concatTextFile { name = "both"; files = [ ]; }).name
    => "both"
    ```
  */
  concatTextFile =
    {
      name,
      files,
      executable ? false,
      destination ? "",
      checkPhase ? "",
      meta ? { },
      passthru ? { },
    }:
    runCommand name
      {
        inherit
          files
          executable
          checkPhase
          meta
          passthru
          destination
          ;
        allowSubstitutes = false;
        preferLocalBuild = true;
      }
      ''
        target=$out$destination
        mkdir -p "$(dirname "$target")"
        cat $files > "$target"
        if [ -n "$executable" ]; then chmod +x "$target"; fi
        eval "$checkPhase"
      '';
  /**
    Files one after another, as one.

    # Type
    `string -> [path] -> derivation`

    # Example
    ```nix
    (pkgs.concatText "both" [ (pkgs.writeText "a" "A") (pkgs.writeText "b" "B") ]).name
    => "both"
    ```
  */
  concatText = name: files: concatTextFile { inherit name files; };
  /**
    Files one after another, as one that may be run.

    # Type
    `string -> [path] -> derivation`

    # Example
    ```nix
    (pkgs.concatScript "both" [ ]).name
    => "both"
    ```
  */
  concatScript =
    name: files:
    concatTextFile {
      inherit name files;
      executable = true;
    };
}
