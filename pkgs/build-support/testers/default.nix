/** Derivations that build if something is so. */
{
  lib,
  runCommand,
  runtimeShell,
  toolchain,
}:
{
  /**
    Whether two files or directories have the same contents.

    # Type
    `{ assertion :: string, actual :: derivation, expected :: derivation } -> derivation`

    # Example
    ```nix
    (pkgs.testers.testEqualContents {
      assertion = "both greet";
      actual = pkgs.writeText "a" "hi";
      expected = pkgs.writeText "b" "hi";
    }).name
    => "equal-contents-both-greet"
    ```
  */
  testEqualContents =
    { assertion, actual, expected }:
    runCommand "equal-contents-${lib.strings.sanitizeDerivationName assertion}"
      { inherit assertion actual expected; }
      ''
        echo "Checking: $assertion"
        if diff -U5 -r "$actual" "$expected" --color=never; then
          mkdir -p $out
        else
          echo "Contents must be equal, but were not: $assertion" >&2
          exit 1
        fi
      '';

  /**
    Whether a program says the version of its package.

    # Type
    `{ package :: derivation, command :: string, version :: string } -> derivation`

    # Example
    ```nix
    lib.hasSuffix "-test-version" (pkgs.testers.testVersion { package = pkgs.hello; }).name
    => true
    ```
  */
  testVersion =
    {
      package,
      command ? "${lib.getExe package} --version",
      version ? package.version,
    }:
    runCommand "${package.name}-test-version" { nativeBuildInputs = [ package ]; } ''
      output=$(${command} 2>&1 || true)
      if printf '%s' "$output" | grep -Fw -- ${lib.escapeShellArg version} > /dev/null; then
        touch $out
      else
        echo "Version string '${version}' not found in:" >&2
        printf '%s\n' "$output" >&2
        exit 1
      fi
    '';

  /**
    The same derivation, built if its builder fails: its output has the log
    (`testBuildFailure.log`), the exit code (`testBuildFailure.exit`), and as `result` what the builder
    had made of its output by then.

    # Type
    `derivation -> derivation`

    # Example
    ```nix
    (pkgs.testers.testBuildFailure (pkgs.runCommand "fails" { } "exit 3")).name
    => "fails"
    ```
  */
  testBuildFailure =
    drv:
    drv.overrideAttrs (previous: {
      builder = null;
      realBuilder = runtimeShell;
      args = [
        ./expect-failure.sh
        "${toolchain.coreutils}/bin"
        (previous.realBuilder or runtimeShell)
      ]
      ++ previous.args or [
        "-e"
        (previous.builder or ../../stdenv/default-builder.sh)
      ];
    });
}
