/** What is set about getting paths from binary caches; the names are those of Nix's settings. */

/** The cache of the Nix project, with what nixpkgs gives. */
export const defaultSubstituter = 'https://cache.nixos.org'
export const defaultTrustedKey = 'cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY='

export interface SubstitutionSettings {
  /** `substitute`: whether caches are asked at all. */
  substitute: boolean
  /** `substituters`: URLs of caches, `http:`, `https:` or `file:`; a path means a `file:` one. */
  substituters: readonly string[]
  /** `trusted-public-keys`: `name:base64`. */
  trustedPublicKeys: readonly string[]
  /** `require-sigs`: whether what is not content-addressed must be signed by one of these keys. */
  requireSignatures: boolean
  /** `max-substitution-jobs`: downloads of NARs at a time. */
  jobs: number
  /** `narinfo-cache-positive-ttl`, `narinfo-cache-negative-ttl`: seconds. */
  positiveSeconds: number
  negativeSeconds: number
  /** Bytes that one path may unpack to. */
  maxNarBytes: number
}

export const defaultSubstitutionSettings: SubstitutionSettings = {
  substitute: true,
  substituters: [defaultSubstituter],
  trustedPublicKeys: [defaultTrustedKey],
  requireSignatures: true,
  jobs: 16,
  positiveSeconds: 3600,
  negativeSeconds: 3600,
  maxNarBytes: 16 * 2 ** 30,
}
