/** What goals work with. */
import type { Launcher } from '../sandbox/launcher'
import type { Limits } from '../sandbox/limits'
import type { DiskStore } from '../store/disk-store'
import type { BuildSettings } from './build-settings'
import type { LogArchive } from './log-archive'
import type { BuildQueue } from './queue'
import type { FixedOutputFetcher, Substitution } from './substitution'

export interface BuildContext {
  store: DiskStore
  settings: BuildSettings
  queue: BuildQueue
  /** How builders are started, in a sandbox or not. Throws where that is not possible. */
  launcher: (isolated: boolean) => Promise<Launcher>
  limits: Limits
  /** A static shell of this machine, to be /bin/sh. */
  shell: string
  /** Where logs are kept; null where they are not. */
  archive: LogArchive | null
  /** UTF-16 units of a running build's log that are kept for those who come late. */
  retainedLog: number
  /** Null where there are no caches. */
  substitution: Substitution | null
  /** Null where nothing is fetched but by builders. */
  fetcher: FixedOutputFetcher | null
  /** For what the operator should know and nobody else. */
  report: (message: string) => void
}
