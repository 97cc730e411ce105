/**
  `fetchurl`: a file of the network by its hash. Nix itself downloads it (`builtin:fetchurl`), so that
  nothing has to be built before.

  # Inputs
  - `url`, or `urls`: addresses of one file; `mirror://gnu/…` and its like stand for several
  - `hash`: of the file; with `lib.fakeHash` the error message of a build tells the right one
  - `name`: what it is called in the store

  # Type
  `{ url :: string, hash :: string, ... } -> derivation`

  # Example
  ```nix
  (pkgs.fetchurl {
    url = "https://example.org/greeting-1.0.tar.gz";
    hash = lib.fakeHash;
  }).name
  => "greeting-1.0.tar.gz"
  ```
*/
{ lib }:
let
  mirrors = import ./mirrors.nix;
  inherit (import ../fetchers/fixed-output.nix { inherit lib; }) hashAttributes impureEnvVars;

  /** What `mirror://SITE/PATH` stands for; other addresses stand for themselves. */
  expand =
    url:
    let
      parts = builtins.match "mirror://([a-zA-Z-]+)/(.*)" url;
      site = lib.head parts;
    in
    if parts == null then
      [ url ]
    else
      map (base: base + lib.last parts) (
        mirrors.${site} or (throw "fetchurl: ${url} is of the mirrors ‘${site}’, which are not known")
      );
in
lib.makeOverridable (
  {
    url ? "",
    /** Addresses of the same file. */
    urls ? [ ],
    /** The last part of the address where it is not given. */
    name ? "",
    pname ? "",
    version ? "",
    /** As `sha256-…`; or see `hashAttributes`. */
    hash ? "",
    executable ? false,
    unpack ? false,
    meta ? { },
    passthru ? { },
    ...
  }@arguments:
  let
    all = if urls != [ ] then urls else [ url ];
    addresses = lib.concatMap expand all;
    fileName =
      if name != "" then
        name
      else if pname != "" then
        "${pname}-${version}"
      else
        baseNameOf (toString (lib.head all));
    drv = derivation (
      {
        name = fileName;
        system = "builtin";
        builder = "builtin:fetchurl";
        url = lib.head addresses;
        urls = all;
        inherit executable unpack;
        outputHashMode = if executable || unpack then "recursive" else "flat";
        preferLocalBuild = true;
        inherit impureEnvVars;
      }
      // hashAttributes {
        fetcher = "fetchurl";
        urls = all;
      } arguments
    );
  in
  if all == [ "" ] then
    throw "fetchurl needs a `url` or `urls`"
  else if arguments.postFetch or "" != "" then
    throw "fetchurl: ${toString all} has a postFetch, but Nix itself downloads it; change it in a derivation of its own, or take fetchzip"
  else
    lib.extendDerivation true (
      {
        inherit meta;
        url = lib.head all;
      }
      // passthru
    ) drv
)
