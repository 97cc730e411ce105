/**
  `fetchgit`: a revision of a git repository by the hash of its files. What the network needs (a proxy)
  comes from the builder's environment.

  # Type
  `{ url :: string, rev :: string, hash :: string, ... } -> derivation`

  # Example
  ```nix
  (pkgs.fetchgit {
    url = "https://example.org/greeting.git";
    tag = "v1.0";
    hash = lib.fakeHash;
  }).name
  => "source"
  ```
*/
{
  lib,
  config,
  git,
  stdenvNoCC,
}:
let
  inherit (import ../fetchers/fixed-output.nix { inherit lib; }) hashAttributes impureEnvVars;
in
lib.makeOverridable (
  {
    url,
    /** A commit by its hash, or a name like `refs/heads/main`. */
    rev ? null,
    tag ? null,
    name ? lib.repoRevToName (config.fetchedSourceNameDefault or "source") url (lib.revOrTag rev tag) "git",
    /** As `sha256-…`; or see `hashAttributes`. */
    hash ? "",
    fetchSubmodules ? true,
    /** With the whole history, not the one commit alone. */
    deepClone ? false,
    /** Keeps `.git`, so far as it is the same for everybody. */
    leaveDotGit ? deepClone || fetchTags,
    fetchTags ? false,
    /** Only these directories. */
    sparseCheckout ? [ ],
    /** They are patterns, as in `.gitignore`. */
    nonConeMode ? false,
    /** The directory that becomes the whole. */
    rootDir ? "",
    branchName ? "fetchgit",
    preFetch ? "",
    /** Run in the working tree before `.git` goes. */
    postCheckout ? "",
    /** Run at the end; `$out` may be changed. */
    postFetch ? "",
    fetchLFS ? false,
    nativeBuildInputs ? [ ],
    preferLocalBuild ? true,
    allowedRequisites ? null,
    meta ? { },
    passthru ? { },
    ...
  }@arguments:
  let
    revision =
      if rev != null && tag != null then
        throw "fetchgit: ${url} takes either a `rev` or a `tag`"
      else if tag != null then
        "refs/tags/${tag}"
      else if rev != null then
        rev
      else
        "HEAD";
  in
  assert lib.assertMsg (builtins.isList sparseCheckout)
    "fetchgit: sparseCheckout must be a list of directories";
  assert lib.assertMsg (
    !fetchLFS
  ) "fetchgit: ${url} wants files of Git LFS, for which the starter collection has no program: choose nixpkgs as the channel";
  assert lib.assertMsg (
    rootDir == "" || !leaveDotGit
  ) "fetchgit: ${url} cannot be a part of a repository (rootDir) and have its .git";
  stdenvNoCC.mkDerivation (
    {
      inherit
        name
        url
        fetchSubmodules
        deepClone
        leaveDotGit
        fetchTags
        nonConeMode
        rootDir
        branchName
        preFetch
        postCheckout
        postFetch
        preferLocalBuild
        ;
      rev = revision;
      sparseCheckout = lib.concatStringsSep "\n" sparseCheckout;
      nativeBuildInputs = [ git ] ++ nativeBuildInputs;
      builder = ./fetch.sh;
      outputHashMode = "recursive";
      impureEnvVars = impureEnvVars ++ [ "GIT_PROXY_COMMAND" ];
      inherit meta;
      passthru = {
        gitRepoUrl = url;
        inherit tag;
      }
      // passthru;
    }
    // lib.optionalAttrs (allowedRequisites != null) { inherit allowedRequisites; }
    // hashAttributes {
      fetcher = "fetchgit";
      urls = [ url ];
    } arguments
  )
)
