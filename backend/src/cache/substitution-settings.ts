/** What is set about getting paths from binary caches; the names are those of Nix's settings. */

/** The cache of the Nix project, with what nixpkgs gives. */
const defaultSubstituter = 'https://cache.nixos.org'
const defaultTrustedKey = 'cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY='

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

type Environment = Readonly<Record<string, string | undefined>>

/**
 * What the environment of a server asks for: SNOWGLOBE_SUBSTITUTERS in place of the default (`off` for
 * none), SNOWGLOBE_EXTRA_SUBSTITUTERS beside it, and SNOWGLOBE_TRUSTED_KEYS for theirs.
 */
export function substitutionSettingsFromEnvironment(
  environment: Environment,
): SubstitutionSettings {
  const words = (name: string) => environment[name]?.split(/[\s,]+/).filter((word) => word !== '')
  const given = words('SNOWGLOBE_SUBSTITUTERS') ?? [defaultSubstituter]
  const off = given.length === 1 && given[0] === 'off'
  const substituters = [...(off ? [] : given), ...(words('SNOWGLOBE_EXTRA_SUBSTITUTERS') ?? [])]
  return {
    ...defaultSubstitutionSettings,
    substitute: substituters.length > 0,
    substituters,
    trustedPublicKeys: [defaultTrustedKey, ...(words('SNOWGLOBE_TRUSTED_KEYS') ?? [])],
  }
}
