/** What all fetchers have in common: derivations whose output is known before by its hash. */
{ lib }:
{
  /**
    The attributes of a derivation that name its hash, from the arguments of a fetcher: `hash`, a pair of
    `outputHash` and `outputHashAlgo`, or an attribute that is named for its algorithm. `fetcher` and `urls` are
    for the message where there is none of these.
  */
  hashAttributes =
    {
      fetcher,
      urls,
    }:
    arguments:
    let
      given = lib.filter (algorithm: arguments.${algorithm} or "" != "") [
        "md5"
        "sha1"
        "sha256"
        "sha512"
      ];
    in
    if arguments.hash or "" != "" then
      # It says itself of which algorithm it is.
      { outputHash = arguments.hash; }
    else if arguments.outputHash or "" != "" then
      { inherit (arguments) outputHash; }
      // lib.optionalAttrs (arguments.outputHashAlgo or "" != "") { inherit (arguments) outputHashAlgo; }
    else if given != [ ] then
      {
        outputHash = arguments.${lib.head given};
        outputHashAlgo = lib.head given;
      }
    else
      throw "${fetcher}: ${toString urls} needs a hash; take `hash = lib.fakeHash;` to be told the right one";

  /** Variables of the builder's own environment by which programs find their way into the network. */
  impureEnvVars = [
    "http_proxy"
    "https_proxy"
    "ftp_proxy"
    "all_proxy"
    "no_proxy"
  ];
}
