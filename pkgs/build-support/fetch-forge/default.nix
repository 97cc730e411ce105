/** Sources by owner, repository and revision, from sites that make tarballs of them. */
{
  lib,
  fetchgit,
  fetchzip,
}:
let
  # Where most sites have the tarball of a revision, and what Git clones.
  archive =
    { owner, repo, rev, domain, ... }: "https://${domain}/${owner}/${repo}/archive/${rev}.tar.gz";
  clone = { owner, repo, domain, ... }: "https://${domain}/${owner}/${repo}.git";

  /** A fetcher for a site: `tarball` and `git` give the address of what is asked for. */
  forge =
    {
      site,
      tarball ? archive,
      git ? clone,
    }:
    lib.makeOverridable (
      {
        owner ? "",
        repo,
        rev ? null,
        tag ? null,
        name ? "source",
        domain ? site,
        fetchSubmodules ? false,
        forceFetchGit ? false,
        meta ? { },
        passthru ? { },
        ...
      }@args:
      let
        revision =
          if (rev == null) == (tag == null) then
            throw "fetching ${owner}/${repo} takes either a `rev` or a `tag`"
          else if tag != null then
            "refs/tags/${tag}"
          else
            rev;
        place = {
          inherit owner repo;
          rev = revision;
          inherit domain;
          group = args.group or null;
        };
        common = lib.filterAttrs (
          attribute: _:
          lib.elem attribute [
            "hash"
            "sha256"
            "sha512"
            "outputHash"
            "outputHashAlgo"
            "postFetch"
          ]
        ) args;
        # What only a clone can do.
        forGit = lib.filterAttrs (
          attribute: _:
          lib.elem attribute [
            "deepClone"
            "fetchLFS"
            "fetchTags"
            "leaveDotGit"
            "nonConeMode"
            "rootDir"
            "sparseCheckout"
          ]
        ) args;
        useGit = fetchSubmodules || forceFetchGit || lib.any (value: value != false && value != [ ] && value != "") (lib.attrValues forGit);
        homepage = "https://${domain}/${owner}/${repo}";
        fetched =
          if useGit then
            fetchgit (
              {
                inherit name fetchSubmodules;
                url = git place;
              }
              // (if tag != null then { inherit tag; } else { inherit rev; })
              // common
              // forGit
            )
          else
            fetchzip (
              {
                inherit name;
                url = tarball place;
              }
              // common
            );
      in
      fetched
      // {
        inherit
          owner
          repo
          tag
          ;
        rev = revision;
        meta = {
          inherit homepage;
        }
        // meta;
      }
      // passthru
    );
in
{
  /**
    The tree of a commit or a tag of a repository at GitHub, by its hash. Where something is asked that only a
    clone can do, like `fetchSubmodules`, it is `fetchgit`.

    # Type
    `{ owner :: string, repo :: string, rev :: string, tag :: string, hash :: string, ... } -> derivation`

    # Example
    ```nix
    (pkgs.fetchFromGitHub {
      owner = "snow";
      repo = "globe";
      tag = "v1.0";
      hash = lib.fakeHash;
    }).name
    => "source"
    ```
  */
  fetchFromGitHub = forge { site = "github.com"; };
  /**
    The tree of a commit or a tag of a repository at GitLab, by its hash. Where something is asked that only a
    clone can do, like `fetchSubmodules`, it is `fetchgit`.

    # Type
    `{ owner :: string, repo :: string, rev :: string, tag :: string, hash :: string, ... } -> derivation`

    # Example
    ```nix
    (pkgs.fetchFromGitLab {
      owner = "snow";
      repo = "globe";
      tag = "v1.0";
      hash = lib.fakeHash;
    }).name
    => "source"
    ```
  */
  fetchFromGitLab = forge {
    site = "gitlab.com";
    tarball =
      {
        owner,
        repo,
        rev,
        domain,
        group,
        ...
      }:
      let
        slug = lib.concatStringsSep "%2F" (
          lib.optional (group != null) (lib.escapeURL group) ++ [
            (lib.escapeURL owner)
            (lib.escapeURL repo)
          ]
        );
      in
      "https://${domain}/api/v4/projects/${slug}/repository/archive.tar.gz?sha=${lib.escapeURL rev}";
  };
  /**
    As `fetchFromGitHub`, of a repository at the Gitea or Forgejo that is `domain`.

    # Type
    `{ domain :: string, owner :: string, repo :: string, rev :: string, tag :: string, hash :: string, ... } -> derivation`

    # Example
    ```nix
    (pkgs.fetchFromGitea {
      domain = "gitea.example";
      owner = "snow";
      repo = "globe";
      tag = "v1.0";
      hash = lib.fakeHash;
    }).name
    => "source"
    ```
  */
  fetchFromGitea = forge { site = "gitea.com"; };
  /**
    As `fetchFromGitHub`, of a repository at Codeberg.

    # Type
    `{ owner :: string, repo :: string, rev :: string, tag :: string, hash :: string, ... } -> derivation`

    # Example
    ```nix
    (pkgs.fetchFromCodeberg {
      owner = "snow";
      repo = "globe";
      tag = "v1.0";
      hash = lib.fakeHash;
    }).name
    => "source"
    ```
  */
  fetchFromCodeberg = forge { site = "codeberg.org"; };
  /**
    As `fetchFromGitHub`, of a repository at Sourcehut.

    # Type
    `{ owner :: string, repo :: string, rev :: string, tag :: string, hash :: string, ... } -> derivation`

    # Example
    ```nix
    (pkgs.fetchFromSourcehut {
      owner = "~snow";
      repo = "globe";
      tag = "v1.0";
      hash = lib.fakeHash;
    }).name
    => "source"
    ```
  */
  fetchFromSourcehut = forge {
    site = "git.sr.ht";
    git = { owner, repo, domain, ... }: "https://${domain}/${owner}/${repo}";
  };
  /**
    As `fetchFromGitHub`, of a repository at Bitbucket.

    # Type
    `{ owner :: string, repo :: string, rev :: string, tag :: string, hash :: string, ... } -> derivation`

    # Example
    ```nix
    (pkgs.fetchFromBitbucket {
      owner = "snow";
      repo = "globe";
      tag = "v1.0";
      hash = lib.fakeHash;
    }).name
    => "source"
    ```
  */
  fetchFromBitbucket = forge {
    site = "bitbucket.org";
    tarball = { owner, repo, rev, domain, ... }: "https://${domain}/${owner}/${repo}/get/${rev}.tar.gz";
  };
}
