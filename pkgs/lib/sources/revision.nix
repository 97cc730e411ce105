/**
  Names of sources, and the commits that they are of.
*/
{ lib }:
let
  inherit (builtins)
    match
    pathExists
    readFile
    ;
  inherit (lib.sources)
    shortRev
    urlToName
    ;

  # What is known of a repository: the commit, or why it is not.
  commitIn =
    directory:
    let
      entry = directory + "/.git";
      # In a worktree `.git` is a file that says where the rest is.
      pointer = match "gitdir: (.*)\n?" (readFile entry);
      absolute = base: path: if lib.hasPrefix "/" path then /. + path else base + "/${path}";
    in
    if lib.pathIsDirectory entry then
      commitOf entry "HEAD"
    else if lib.pathIsRegularFile entry && pointer != null then
      commitOf (absolute directory (builtins.head pointer)) "HEAD"
    else
      { error = "Not a git directory"; };

  commitOf =
    git: name:
    let
      file = git + "/${name}";
      packed = git + "/packed-refs";
      text = lib.fileContents file;
      reference = match "ref: (.*)" text;
      commonFile = git + "/commondir";
      # A worktree shares references with its repository.
      common = git + "/${lib.fileContents commonFile}";
      found = lib.findFirst (m: m != null) null (
        map (match "([0-9a-f]{40,64}) ${lib.escapeRegex name}") (lib.splitString "\n" (readFile packed))
      );
    in
    if pathExists file then
      (if reference != null then commitOf git (builtins.head reference) else { value = text; })
    else if pathExists commonFile then
      commitOf common name
    else if pathExists packed && found != null then
      { value = builtins.head found; }
    else
      { error = "Could not find `${name}' in ${toString git}"; };
in
{
  /**
    Whether a directory is a Git repository with a commit.

    # Type
    `path -> bool`

    # Example
    ```nix
    lib.pathIsGitRepo ./lists
    => false
    ```
  */
  pathIsGitRepo = path: commitIn path ? value;

  /**
    The commit that a Git repository is at.

    # Type
    `path -> string`

    # Example
    ```nix
    lib.commitIdFromGitRepo ./lists
    => error: Not a git directory
    ```
  */
  commitIdFromGitRepo =
    path:
    let
      commit = commitIn path;
    in
    commit.value or (throw commit.error);

  /**
    Whether a path, as a string, refers to something that must be built or copied.

    # Type
    `string -> bool`

    # Example
    ```nix
    lib.pathHasContext "/etc"
    => false
    ```
  */
  pathHasContext = builtins.hasContext;

  /**
    A commit's hash as short as people write it, the version in a tag's name, or a branch's name.

    # Type
    `string -> string`

    # Example
    ```nix
    map lib.sources.shortRev [ "0123456789abcdef0123456789abcdef01234567" "v1.0" "refs/heads/main" ]
    => [ "0123456" "1.0" "main" ]
    ```
  */
  shortRev =
    rev:
    let
      base = baseNameOf (toString rev);
      version = match "([A-Za-z]+[-_. ]?)*(v)?([0-9.]+.*)" base;
    in
    if match "[a-f0-9]+" base != null then
      builtins.substring 0 7 base
    else if version != null then
      lib.last version
    else
      base;

  /**
    The tag, else the revision; `"HEAD"` without either.

    # Type
    `(null | string) -> (null | string) -> string`

    # Example
    ```nix
    [ (lib.revOrTag null "v1") (lib.revOrTag "abc" null) (lib.revOrTag "abc" "v1") (lib.revOrTag null null) ]
    => [ "v1" "abc" "v1" "HEAD" ]
    ```
  */
  revOrTag =
    rev: tag:
    if tag != null then
      tag
    else if rev != null then
      rev
    else
      "HEAD";

  /**
    The name in an URL, without what says that it is a repository or an archive.

    # Type
    `(string | path) -> string`

    # Example
    ```nix
    map lib.sources.urlToName [ "https://example.org/hello.git" "https://example.org/x/hello-1.0.tar.gz" ]
    => [ "hello" "hello-1.0" ]
    ```
  */
  urlToName =
    url:
    let
      text = toString url;
      base = baseNameOf (lib.removeSuffix "/" (lib.last (lib.splitString ":" text)));
      found = match "(.*)(\\.git|\\.tar(\\..*)?|\\.tgz|\\.zip|\\.hg|\\.svn)" base;
      # A store path has a hash before its name.
      name = if lib.isStorePath text then lib.strings.substring 33 (-1) base else base;
    in
    if found != null then builtins.head found else name;

  /**
    The name for a source that was fetched: of repository and revision, in one of several forms.

    # Inputs
    - `kind`: `"source"` for just that, `"versioned"` for name and revision, `"full"` for more
    - `url`, `rev`, `fetcher`: what was fetched, and how

    # Type
    `string -> string -> (null | string) -> string -> string`

    # Example
    ```nix
    [ (lib.repoRevToName "source" "https://x/hello.git" "v1" "git") (lib.repoRevToName "versioned" "https://x/hello.git" "v1" "git") ]
    => [ "source" "hello-1-source" ]
    ```
  */
  repoRevToName =
    kind:
    let
      version = rev: lib.optionalString (rev != null) "-${shortRev rev}";
    in
    if kind == "source" then
      _url: _rev: _fetcher:
      "source"
    else if kind == "versioned" then
      url: rev: _fetcher:
      "${urlToName url}${version rev}-source"
    else if kind == "full" then
      url: rev: fetcher:
      "${urlToName url}${version rev}-${fetcher}-source"
    else
      throw "repoRevToName: `${toString kind}' is none of \"source\", \"versioned\" and \"full\".";
}
