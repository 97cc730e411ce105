/** Nix's settings that builds depend on, by their names there. */
import type { ByteString } from '@snowglobe/shared/bytes'

export type BuildMode =
  | 'normal'
  /** Build again what is there, and compare. */
  | 'check'
  /** Build again what is there, and put it where that is damaged. */
  | 'repair'

export interface BuildSettings {
  /** Systems that derivations may ask for (`system` and `extra-platforms`), our own first. */
  systems: readonly ByteString[]
  /** What derivations may ask for in requiredSystemFeatures (`system-features`). */
  systemFeatures: readonly ByteString[]
  /** NIX_BUILD_CORES of a build. */
  cores: number
  /** Whether builds that do not need what has failed go on. */
  keepGoing: boolean
  /** Whether the build directory of a failed build is kept. */
  keepFailed: boolean
  /** Whether to build what a cache has but cannot give. */
  fallback: boolean
  /** Whether to substitute at all. */
  substitute: boolean
  /** Whether to substitute what sets `allowSubstitutes = false`. */
  alwaysAllowSubstitutes: boolean
  /** Of a failed build's log, how many lines its error shows. */
  logLines: number
  /** Whether builders run in a sandbox: all, all but those that cannot (`relaxed`), or none. */
  sandbox: 'true' | 'relaxed' | 'false'
  experimentalFeatures: ReadonlySet<string>
  /** For impureEnvVars. */
  environmentVariable: (name: ByteString) => ByteString | undefined
}

/** The features that Nix announces on every machine. */
export const defaultSystemFeatures = ['benchmark', 'big-parallel', 'nixos-test']
