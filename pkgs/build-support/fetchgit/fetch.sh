# Checks $rev of the repository at $url out to $out.

source "$stdenv/setup"

export HOME="$NIX_BUILD_TOP/home"
mkdir -p "$HOME"
# What comes is known by its hash: who sends it need not be. And nobody is here to be asked.
export GIT_SSL_NO_VERIFY=1 GIT_TERMINAL_PROMPT=0
git config --global init.defaultBranch "$branchName"
git config --global advice.detachedHead false
git config --global safe.directory '*'
# Files are as they are in the repository, whatever .gitattributes says of line ends.
git config --global core.autocrlf false

# fetch: has FETCH_HEAD be the revision. Servers that only hand out files know nothing of depths.
fetch() {
  if [ -n "$deepClone" ]; then
    git fetch --quiet --tags origin '+refs/heads/*:refs/remotes/origin/*'
  elif git fetch --quiet --depth=1 origin "+$rev"; then
    return 0
  else
    echo "fetching the whole repository, since $rev alone cannot be had"
    git fetch --quiet --tags origin '+refs/heads/*:refs/remotes/origin/*'
  fi
  case "$rev" in
    HEAD | refs/*) git fetch --quiet origin "+$rev" ;;
    *) git rev-parse --quiet --verify "$rev^{commit}" > .git/FETCH_HEAD ||
      git rev-parse --verify "refs/remotes/origin/$rev^{commit}" > .git/FETCH_HEAD ;;
  esac
}

# Has a repository be the same whoever made it when: nothing of where it came from, one pack.
settle() {
  local directory="$1" gitDirectory
  gitDirectory="$(git -C "$directory" rev-parse --absolute-git-dir)"
  local git=(git -C "$directory")
  "${git[@]}" for-each-ref --format='%(refname)' refs/remotes | while read -r name; do
    "${git[@]}" update-ref -d "$name"
  done
  if [ -z "$fetchTags" ]; then
    "${git[@]}" tag --no-merged HEAD | while read -r name; do
      "${git[@]}" update-ref -d "refs/tags/$name"
    done
  fi
  "${git[@]}" -c pack.threads=1 repack -q -A -d -f --no-write-bitmap-index
  "${git[@]}" -c pack.threads=1 -c gc.pruneExpire=now gc --quiet --prune=all
  "${git[@]}" pack-refs --all
  # After them: what git itself needs to do all this.
  cd "$gitDirectory"
  rm -rf logs hooks index FETCH_HEAD ORIG_HEAD branches description gc.log info objects/info
  # That of a submodule says where its files are.
  if [ "$gitDirectory" = "$out/.git" ]; then rm config; fi
  cd "$out"
}

runHook preFetch
echo "fetching $rev of $url"
git init --quiet "$out"
cd "$out"
git remote add origin "$url"
if [ -n "$sparseCheckout" ]; then
  printf '%s\n' "$sparseCheckout" | git sparse-checkout set ${nonConeMode:+--no-cone} --stdin
fi
fetch
if [ -n "$fetchTags" ]; then git fetch --quiet --tags --force origin; fi
git checkout --quiet -B "$branchName" "$(git rev-parse 'FETCH_HEAD^{commit}')"

if [ -n "$fetchSubmodules" ] && [ -e .gitmodules ]; then
  shallow=(--depth=1)
  if [ -n "$deepClone" ]; then shallow=(); fi
  if ! git submodule --quiet update --init --recursive "${shallow[@]}"; then
    echo "fetching whole submodules, since their commits alone cannot be had"
    git submodule --quiet update --init --recursive
  fi
fi
runHook postCheckout

if [ -n "$leaveDotGit" ]; then
  # Those of submodules lie within the outermost, which comes last.
  find . -name .git | sort -r | while read -r found; do settle "$(dirname "$found")"; done
else
  find . -name .git -prune -exec rm -rf {} +
fi
cd "$NIX_BUILD_TOP"
if [ -n "$rootDir" ]; then
  if [ ! -d "$out/$rootDir" ]; then
    echo "fetchgit: there is no directory $rootDir in $url" >&2
    exit 1
  fi
  mv "$out" whole
  mv "whole/$rootDir" "$out"
fi
runHook postFetch
