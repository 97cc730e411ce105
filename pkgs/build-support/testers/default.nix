/** Derivations that build if something is so. */
{
  lib,
  runCommand,
}:
{
  /** Whether two files or directories have the same contents. */
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

  /** Whether a program says the version of its package. */
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
}
