/** The settings of Nix that decide what an evaluation may do. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { AccessTokens } from '@snowglobe/shared/flakes/access-tokens'

export interface EvaluationSettings {
  /** The result depends on nothing but the program: no files but the store's, no time, no environment. */
  pureEval: boolean
  /** Only files of the search path and URIs of `allowedUris`. */
  restrictEval: boolean
  /** Prefixes of URIs that fetchers may be given where evaluation is restricted. */
  allowedUris: readonly ByteString[]
  allowImportFromDerivation: boolean
  traceImportFromDerivation: boolean
  /** `traceVerbose` traces. */
  traceVerbose: boolean
  /** `builtins.warn` ends the evaluation. */
  abortOnWarn: boolean
  /** `builtins.exec` is there. */
  allowNativeCode: boolean
  /** Where the global flake registry is: a URL or a path; '' for none. */
  flakeRegistry: ByteString
  /** Short names of flakes are looked up. */
  useRegistries: boolean
  /** Seconds for which what was downloaded from a URL that may change is taken as it was. */
  tarballTtl: number
  /** Whether a revision alone locks what GitHub and its like give for it. */
  trustTarballsFromGitForges: boolean
  /** What servers of repositories want to see of whoever asks. */
  accessTokens: AccessTokens
  /** Enabled experimental features, by name. */
  experimentalFeatures: ReadonlySet<string>
}

/** Nix's defaults. */
export const defaultSettings: EvaluationSettings = {
  pureEval: false,
  restrictEval: false,
  allowedUris: [],
  allowImportFromDerivation: true,
  traceImportFromDerivation: false,
  traceVerbose: false,
  abortOnWarn: false,
  allowNativeCode: false,
  flakeRegistry: 'https://channels.nixos.org/flake-registry.json',
  useRegistries: true,
  tarballTtl: 3600,
  trustTarballsFromGitForges: true,
  accessTokens: new Map(),
  experimentalFeatures: new Set(),
}

/** The features that a list of names enables: `flakes` brings `fetch-tree`. */
export function featuresOf(names: Iterable<string>): ReadonlySet<string> {
  const features = new Set(names)
  if (features.has('flakes')) features.add('fetch-tree')
  return features
}
