import type { ByteString } from '@snowglobe/shared/bytes'
import type { Host } from '../evaluator/host'
import type { Settings } from './settings'

/** A host for one command: what was added to the store is written by `flush`. */
export interface CommandHost extends Host {
  /** Writes what the evaluation has added, all or nothing. */
  flush(): Promise<void>
}

/** What a command asks of its host before it evaluates. */
export interface HostSettings {
  /** Entries of `-I`, in order; they come before NIX_PATH's. */
  searchPath: readonly ByteString[]
  /** Nothing is written to the store. */
  readOnly: boolean
  /** Those given by `--option` and `--NAME VALUE`. */
  settings: Settings
}

/** The surroundings of a command, on a host or in the page's terminal. Text is byte strings. */
export interface CommandSurroundings {
  readonly workingDirectory: ByteString
  /** Levels of the native stack that evaluation may use; a browser worker's where it is not said. */
  readonly nativeLimit?: number
  readStandardInput(): Promise<ByteString>
  writeOutput(text: ByteString): void
  writeError(text: ByteString): void
  makeHost(settings: HostSettings): Promise<CommandHost>
}
