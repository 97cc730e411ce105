/**
  `fetchzip`: the tree in a tarball or zip file, by the hash of the tree. Where the builder has not
  unpacked it already, a script in busybox downloads and unpacks it.

  # Type
  `{ url :: string, hash :: string, stripRoot :: bool, ... } -> derivation`

  # Example
  ```nix
  (pkgs.fetchzip {
    url = "https://example.org/greeting-1.0.tar.gz";
    hash = lib.fakeHash;
  }).name
  => "source"
  ```
*/
{
  lib,
  busybox,
  stdenvNoCC,
}:
let
  inherit (import ../fetchers/fixed-output.nix { inherit lib; }) hashAttributes impureEnvVars;
in
lib.makeOverridable (
  {
    url ? "",
    urls ? [ ],
    name ? "source",
    /** Whether a single directory at the top stands for the whole. */
    stripRoot ? true,
    /** As `sha256-…`; or see `hashAttributes`. */
    hash ? "",
    /** Shell code that changes the tree, which is `$out`. */
    postFetch ? "",
    nativeBuildInputs ? [ ],
    meta ? { },
    passthru ? { },
    ...
  }@arguments:
  let
    all = if urls != [ ] then urls else [ url ];
    fixed = {
      inherit name stripRoot impureEnvVars;
      urls = all;
      outputHashMode = "recursive";
      preferLocalBuild = true;
    }
    // hashAttributes {
      fetcher = "fetchzip";
      urls = all;
    } arguments;

    plain = derivation (
      fixed
      // {
        inherit (stdenvNoCC) system;
        builder = "${busybox}/bin/sh";
        args = [
          "-eu"
          ./fetch.sh
        ];
        PATH = "${busybox}/bin";
        # By it a builder knows that what it has downloaded is to be unpacked.
        postFetch = "unpack";
      }
    );

    # What people write for it is written for the environment of builds.
    changed = stdenvNoCC.mkDerivation (
      fixed
      // {
        inherit nativeBuildInputs postFetch;
        buildCommand = ''
          PATH=$PATH:${busybox}/bin
          source ${./fetch.sh}
          runHook postFetch
        '';
      }
    );
  in
  lib.extendDerivation true (
    {
      inherit meta;
      url = lib.head all;
    }
    // passthru
  ) (if postFetch == "" then plain else changed)
)
