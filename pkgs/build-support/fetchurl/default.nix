/**
  `fetchurl`: a file of the network by its hash. Nix itself downloads it (`builtin:fetchurl`), so that
  nothing has to be built before.
*/
{ lib }:
let
  mirrors = import ./mirrors.nix;

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

  hashNames = [
    "md5"
    "sha1"
    "sha256"
    "sha512"
  ];
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
    /** As `sha256-…`, or in one of the attributes named for their algorithms. */
    hash ? "",
    outputHash ? "",
    outputHashAlgo ? "",
    executable ? false,
    unpack ? false,
    meta ? { },
    passthru ? { },
    ...
  }@arguments:
  let
    all = if urls != [ ] then urls else [ url ];
    given = lib.filter (algorithm: arguments.${algorithm} or "" != "") hashNames;
    fixed =
      if hash != "" then
        {
          outputHash = hash;
          outputHashAlgo = null;
        }
      else if outputHash != "" then
        { inherit outputHash outputHashAlgo; }
      else if given != [ ] then
        {
          outputHash = arguments.${lib.head given};
          outputHashAlgo = lib.head given;
        }
      else
        throw "fetchurl: ${toString all} needs a hash; take `hash = lib.fakeHash;` to be told the right one";
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
  if all == [ "" ] then
    throw "fetchurl needs a `url` or `urls`"
  else
    lib.extendDerivation true (
      {
        inherit meta;
        url = lib.head all;
      }
      // passthru
    ) drv
)
