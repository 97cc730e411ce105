import type { ByteString } from '@snowglobe/shared/bytes'
import { Interruption } from '../evaluator/errors'
import type { Host } from '../evaluator/host'
import type { BuilderSettings, CommandBuilder, WantedOutput } from './command-builder'
import type { Settings } from './settings'

/** Evaluation needs outputs that are not there yet: it is to be run again when they are. */
export class BuildNeeded extends Interruption {
  override name = 'BuildNeeded'

  constructor(readonly needed: readonly WantedOutput[]) {
    super('evaluation waits for a build')
  }
}

/** Something failed and has been told: the command ends with this status. */
export class ToldFailure extends Error {
  override name = 'ToldFailure'

  constructor(readonly status: number) {
    super('a build failed')
  }
}

/** A host for one command: what was added to the store is written by `flush`. */
export interface CommandHost extends Host {
  /** Writes what the evaluation has added, all or nothing. */
  flush(): Promise<void>
  /** Makes a link to a path that keeps it from being collected. `link` is absolute. */
  addRoot?(link: ByteString, path: ByteString): Promise<void>
  /** Ends what it has opened. */
  close?(): Promise<void>
}

/** What a command asks of its host before it evaluates. */
export interface HostSettings {
  /** Entries of `-I`, in order; they come before NIX_PATH's. */
  searchPath: readonly ByteString[]
  /** Nothing is written to the store. */
  readOnly: boolean
  /** Those given by `--option` and `--NAME VALUE`. */
  settings: Settings
  /** Builds what evaluation reads, if that is possible. */
  builder?: CommandBuilder
}

/** The surroundings of a command, on a host or in the page's terminal. Text is byte strings. */
export interface CommandSurroundings {
  readonly workingDirectory: ByteString
  /** Levels of the native stack that evaluation may use; a browser worker's where it is not said. */
  readonly nativeLimit?: number
  readStandardInput(): Promise<ByteString>
  writeOutput(text: ByteString): void
  writeError(text: ByteString): void
  /** What is configured for every command, if anything is. Throws UsageError and StoreError. */
  configuredSettings?(): Settings
  makeHost(settings: HostSettings): Promise<CommandHost>
  /** What builds for commands, if anything does. Throws an Error that says what is wrong. */
  openBuilder?(settings: BuilderSettings): Promise<CommandBuilder>
}
