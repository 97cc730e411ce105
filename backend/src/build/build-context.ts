/** What goals work with. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { Launcher, Workspace } from '../sandbox/launcher'
import type { OpenEgress } from '../fetch/builder-egress'
import type { LimitReached, Limits } from '../sandbox/limits'
import type { DiskStore } from '../store/disk-store'
import type { BuildSettings } from './build-settings'
import type { LogArchive } from './log-archive'
import type { OutputLocker } from './output-locks'
import type { BuildQueue } from './queue'
import type { FixedOutputFetcher, Substitution } from './substitution'

export interface BuildContext {
  store: DiskStore
  settings: BuildSettings
  queue: BuildQueue
  /** How builders are started, in a sandbox or not. Throws where that is not possible. */
  launcher: (isolated: boolean) => Promise<Launcher>
  limits: Limits
  /** What a build is told that has reached one: a sentence. `outputs` are those that were wanted. */
  describeLimit: (
    limit: LimitReached,
    drvPath: ByteString,
    outputs: readonly ByteString[],
  ) => ByteString
  /** A static shell of this machine, to be /bin/sh. */
  shell: string
  /** Where other processes may build into the same store; null where nobody else does. */
  locker: OutputLocker | null
  /** Where logs are kept; null where they are not. */
  archive: LogArchive | null
  /** UTF-16 units of a running build's log that are kept for those who come late. */
  retainedLog: number
  /** Null where there are no caches. */
  substitution: Substitution | null
  /** Null where nothing is fetched but by builders. */
  fetcher: FixedOutputFetcher | null
  /** For builders of fixed outputs in a sandbox; without it they have no network. */
  openEgress?: OpenEgress
  /** Takes over the workspace of a build that failed, if it gives true: it is not removed then. */
  keepWorkspace?: (drvPath: ByteString, workspace: Workspace) => Promise<boolean>
  /** For what the operator should know and nobody else. */
  report: (message: string) => void
  /** Tells the operator of an error that nobody expected. Gives what a watcher may know of it. */
  unexpected: (error: unknown, doing: string) => string
}
