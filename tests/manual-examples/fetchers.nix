/** "Fetchers". */
{ pkgs, lib, ... }:
let
  hash = "sha256-pQDWpIrqbYeQCgxvL7rZCfrYSjJHjZaqLJiZWmLWxLE=";
in
{
  evaluated = {
    url = pkgs.fetchurl { url = "https://example.org/a.tar.gz"; inherit hash; };
    zip = pkgs.fetchzip { url = "https://example.org/a.tar.gz"; stripRoot = false; inherit hash; };
    git = pkgs.fetchgit { url = "https://example.org/a.git"; rev = "v1.0"; inherit hash; };
    gitOfTag = pkgs.fetchgit { url = "https://example.org/a.git"; tag = "v1.0"; fetchSubmodules = false; inherit hash; };
    gitSparse = pkgs.fetchgit {
      url = "https://example.org/a.git";
      rev = "v1.0";
      sparseCheckout = [ "directory/to/be/included" "another/directory" ];
      inherit hash;
    };
    github = pkgs.fetchFromGitHub { owner = "NixOS"; repo = "nix"; rev = "v1"; inherit hash; };
    githubByGit = pkgs.fetchFromGitHub {
      owner = "NixOS";
      repo = "nix";
      tag = "v1";
      fetchSubmodules = true;
      inherit hash;
    };
    gitlab = pkgs.fetchFromGitLab { group = "g"; owner = "o"; repo = "r"; rev = "v1"; inherit hash; };
    withoutHash = (builtins.tryEval (pkgs.fetchgit { url = "https://example.org/a.git"; }).drvPath).success;
    withLfs = (builtins.tryEval (pkgs.fetchgit { url = "https://example.org/a.git"; fetchLFS = true; inherit hash; }).drvPath).success;
  };
}
