/**
 * A goal: one thing to be realised, shared by all who want it. Goals that wait for others form a
 * graph, which grows while they run: whether a derivation's inputs are needed shows only when its
 * outputs could not be substituted.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { BuildState } from '@snowglobe/shared/messages'
import type { Hold, Store } from '@snowglobe/worker/store/store'
import type { BuildError } from './build-error'
import type { BuildLog } from './build-log'
import type { BuilderMessage } from './message-filter'

/** What a watch hears. Logs are read from the log itself, at the watcher's own pace. */
export type GoalEvent =
  | { type: 'state'; goal: Goal; state: BuildState }
  | { type: 'log'; goal: Goal; log: BuildLog }
  /** What a builder says in structured form. */
  | { type: 'builder-message'; goal: Goal; message: BuilderMessage }
  /** A failure that somebody else's goal waits for. */
  | { type: 'failure'; goal: Goal; error: BuildError }
  /** Something to be told, like a cache that does not answer. */
  | { type: 'message'; text: ByteString }
  /** Bytes that come from elsewhere; `total` is 0 where it is not known. */
  | { type: 'progress'; goal: Goal; done: number; total: number }

/** Somebody who wants goals. */
export interface Watcher {
  /** Whose it is, on a server; turns are shared out among them. */
  readonly visitor: string
  tell(event: GoalEvent): void
  readonly goals: Set<Goal>
}

export type GoalResult = { error: null } | { error: BuildError }

export abstract class Goal {
  readonly watchers = new Set<Watcher>()
  /** Goals that this one waits for or has waited for. */
  readonly dependencies = new Set<Goal>()
  readonly stop = new AbortController()
  /** Null while nothing has been shown yet. */
  state: BuildState | null = null
  /** Null until there is something that writes one. */
  log: BuildLog | null = null
  ended = false
  /** Why it has failed, if it has. */
  error: BuildError | null = null
  /** Whether some other goal waits for this one. */
  isNeeded = false
  /** Runs while nobody watches. */
  grace: NodeJS.Timeout | null = null
  result: Promise<GoalResult> = Promise.resolve({ error: null })

  /** `key` is unique among goals; `path` is the derivation's or the path to be substituted. */
  constructor(
    readonly key: string,
    readonly path: ByteString,
    /** What people know it by. */
    readonly name: ByteString,
  ) {}

  /** Does the work. Throws BuildError. */
  abstract run(): Promise<void>

  get isStopped(): boolean {
    return this.stop.signal.aborted
  }

  /** Those who want it at the moment, each once. */
  visitors(): Set<string> {
    return new Set([...this.watchers].map(({ visitor }) => visitor))
  }

  tell(event: GoalEvent): void {
    for (const watcher of this.watchers) watcher.tell(event)
  }

  /** What must not be collected as long as somebody watches. */
  private readonly holds: Hold[] = []

  /** Gives when no collector will take these paths while somebody watches this goal. */
  protected async hold(store: Store, paths: readonly ByteString[]): Promise<void> {
    this.holds.push(await store.hold(paths))
  }

  /** To be called when it has ended and nobody watches any more. */
  async release(): Promise<void> {
    for (const hold of this.holds.splice(0)) await hold.release()
  }

  protected setState(state: BuildState): void {
    if (this.state === state) return
    this.state = state
    this.tell({ type: 'state', goal: this, state })
  }

  /** To be called when all is done. */
  end(error: BuildError | null): void {
    this.ended = true
    this.error = error
    if (this.grace !== null) clearTimeout(this.grace)
    if (error === null) return
    if (this.isNeeded) this.tell({ type: 'failure', goal: this, error })
    this.setState(error.failure.kind === 'cancelled' ? 'cancelled' : 'failed')
  }
}
