/**
  What fetchers share.
*/
{ lib }:
let
  inherit (builtins) filter head length;
  inherit (lib.fetchers) normalizeHash;

  # An empty hash is a question: the answer is in the error.
  fakes = {
    hash = lib.fakeHash;
    sha256 = lib.fakeSha256;
    sha512 = lib.fakeSha512;
  };
in
{
  /**
    The variables with which a proxy is set: what a fetcher is to see of the environment.

    # Type
    `[string]`

    # Example
    ```nix
    builtins.elem "https_proxy" lib.fetchers.proxyImpureEnvVars
    => true
    ```
  */
  proxyImpureEnvVars = [
    "http_proxy"
    "https_proxy"
    "ftp_proxy"
    "all_proxy"
    "no_proxy"
    "HTTP_PROXY"
    "HTTPS_PROXY"
    "FTP_PROXY"
    "ALL_PROXY"
    "NO_PROXY"
    "NIX_SSL_CERT_FILE"
  ];

  /**
    Arguments of a fetcher with the hash as `outputHash` and `outputHashAlgo`, whichever way it was
    given.

    # Inputs
    - `hashTypes`: the algorithms that may be given by name
    - `required`: whether there must be a hash
    - `args`: the arguments

    # Type
    `{ hashTypes ? …, required ? true } -> { … } -> { … }`

    # Example
    ```nix
    lib.fetchers.normalizeHash { } { url = "u"; hash = "sha256-x"; }
    => { url = "u"; outputHash = "sha256-x"; outputHashAlgo = null; }

    lib.fetchers.normalizeHash { } { url = "u"; sha256 = "y"; }
    => { url = "u"; outputHash = "y"; outputHashAlgo = "sha256"; }
    ```
  */
  normalizeHash =
    {
      hashTypes ? [ "sha256" ],
      required ? true,
    }:
    args:
    let
      names = hashTypes ++ [ "hash" ];
      given = filter (name: args ? ${name}) names;
      hash =
        if args ? outputHash then
          { inherit (args) outputHash; outputHashAlgo = args.outputHashAlgo or null; }
        else if given == [ ] then
          (if required then throw "fetcher called without `hash`" else { })
        else if length given > 1 then
          throw "multiple hashes passed: ${lib.concatStringsSep ", " given}"
        else
          let
            name = head given;
            value = args.${name};
          in
          {
            outputHash = if value == "" then fakes.${name} or (throw "no fake ${name} hash") else value;
            # A hash in SRI's form names its algorithm itself.
            outputHashAlgo = if name == "hash" then null else name;
          };
    in
    builtins.removeAttrs args names // hash;

  /**
    Makes of a fetcher that wants `outputHash` and `outputHashAlgo` one that can be given `hash`, or
    the hash under its algorithm's name.

    # Type
    `{ hashTypes ? … } -> ({ … } -> a) -> ({ … } -> a)`

    # Example
    ```nix
    lib.fetchers.withNormalizedHash { } ({ url, outputHash, outputHashAlgo }: outputHash) { url = "u"; hash = "sha256-x"; }
    => "sha256-x"
    ```
  */
  withNormalizedHash =
    {
      hashTypes ? [ "sha256" ],
    }:
    fetcher:
    let
      args = lib.functionArgs fetcher;
      required = !args.outputHash;
    in
    lib.throwIfNot (args ? outputHash && args ? outputHashAlgo)
      "withNormalizedHash: the fetcher must take `outputHash` and `outputHashAlgo`."
      (
        lib.setFunctionArgs (given: fetcher (normalizeHash { inherit hashTypes required; } given)) (
          builtins.removeAttrs args [
            "outputHash"
            "outputHashAlgo"
          ]
          // {
            hash = args.outputHash;
          }
        )
      );
}
