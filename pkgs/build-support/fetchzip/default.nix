/**
  `fetchzip`: the tree in a tarball or zip file, by the hash of the tree. Where the builder has not
  unpacked it already, a script in busybox downloads and unpacks it.
*/
{
  lib,
  busybox,
  stdenvNoCC,
}:
lib.makeOverridable (
  {
    url ? "",
    urls ? [ ],
    name ? "source",
    /** Whether a single directory at the top stands for the whole. */
    stripRoot ? true,
    hash ? "",
    sha256 ? "",
    sha512 ? "",
    outputHash ? "",
    outputHashAlgo ? "",
    meta ? { },
    passthru ? { },
    ...
  }:
  let
    all = if urls != [ ] then urls else [ url ];
    fixed =
      if hash != "" then
        {
          outputHash = hash;
        }
      else if sha256 != "" then
        {
          outputHash = sha256;
          outputHashAlgo = "sha256";
        }
      else if sha512 != "" then
        {
          outputHash = sha512;
          outputHashAlgo = "sha512";
        }
      else if outputHash != "" then
        {
          inherit outputHash;
          outputHashAlgo = if outputHashAlgo == "" then null else outputHashAlgo;
        }
      else
        throw "fetchzip: ${toString all} needs a hash; take `hash = lib.fakeHash;` to be told the right one";
    drv = derivation (
      {
        inherit name stripRoot;
        inherit (stdenvNoCC) system;
        builder = "${busybox}/bin/sh";
        args = [
          "-eu"
          ./fetch.sh
        ];
        PATH = "${busybox}/bin";
        urls = all;
        # By it a builder knows that what it has downloaded is to be unpacked.
        postFetch = "unpack";
        outputHashMode = "recursive";
        preferLocalBuild = true;
        impureEnvVars = [
          "http_proxy"
          "https_proxy"
          "ftp_proxy"
          "all_proxy"
          "no_proxy"
        ];
      }
      // lib.filterAttrs (_: value: value != null) fixed
    );
  in
  lib.extendDerivation true (
    {
      inherit meta;
      url = lib.head all;
    }
    // passthru
  ) drv
)
