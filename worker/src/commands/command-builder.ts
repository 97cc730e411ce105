import type { ByteString } from '@snowglobe/shared/bytes'
import type { StoreEntry } from '../store/store'
import type { Settings } from './settings'

/** An output of a derivation that is in the store. */
export interface WantedOutput {
  drvPath: ByteString
  output: ByteString
}

/** What it takes to realise something, as far as that can be known before. */
export interface BuildPlan {
  /** Derivations, those that others need first. */
  willBuild: readonly ByteString[]
  willSubstitute: readonly ByteString[]
  /** Paths that are not there and that nobody can give. */
  unknown: readonly ByteString[]
  /** Bytes. */
  downloadSize: number
  /** Bytes. */
  narSize: number
}

export interface BuilderSettings {
  settings: Settings
  /** Whether what builders print is shown. */
  showLogs: boolean
  /** Whether lines `@nix {…}` are written for programs (`--log-format internal-json`). */
  json?: boolean
}

/** What builds for a command. It tells of its work on standard error, in Nix's words. */
export interface CommandBuilder {
  /** Writes what an evaluation has added, all or nothing. */
  add(entries: readonly StoreEntry[]): Promise<void>
  plan(wanted: readonly WantedOutput[]): Promise<BuildPlan>
  /** Realises outputs. Gives the exit status: 0, or after telling why that of the failure. */
  realise(wanted: readonly WantedOutput[], mode: 'normal' | 'check'): Promise<number>
  /** The path of an output that is there, or null. */
  validOutput(wanted: WantedOutput): ByteString | null
  /** Makes a link to a path that keeps it from being collected. `link` is absolute. */
  addRoot(link: ByteString, path: ByteString): Promise<void>
  close(): Promise<void>
}
