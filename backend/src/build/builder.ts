/**
 * Builds for those who watch through the network: one request is a few derivations, of which the
 * watcher hears everything. A goal that nobody watches any more dies after a while: whoever reloads
 * a page finds the build where it was.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import type {
  BuildFailure,
  BuildState,
  BuiltOutput,
  ClientMessage,
} from '@snowglobe/shared/messages'
import { formatNarHash } from '@snowglobe/worker/store/check-entry'
import type { BuildContext } from './build-context'
import { BuildError } from './build-error'
import type { BuildLog } from './build-log'
import { DerivationGoal } from './derivation-goal'
import type { Goal, GoalEvent } from './goal'
import { knownOutputs } from './known-outputs'
import { Scheduler, type Realisation, type Wanted } from './scheduler'

/** How often a watcher hears of bytes that come. */
const transferMilliseconds = 100

export type WantedDerivation = Extract<ClientMessage, { type: 'build' }>['derivations'][number]

/** What a watcher hears. Logs are read from the log itself, at the watcher's own pace. */
export type WatchEvent =
  | { type: 'queued'; position: number }
  | { type: 'state'; derivation: ByteString; name: ByteString; state: BuildState }
  /** Text from `start` up to, not including, `end`. */
  | { type: 'log'; derivation: ByteString; log: BuildLog; start: number; end: number }
  | { type: 'message'; text: ByteString }
  /** Bytes that have come of all that is fetched, and how many are known of. */
  | { type: 'transfer'; done: number; total: number }
  | { type: 'done'; outputs: BuiltOutput[] }
  | { type: 'failed'; failure: BuildFailure }

export interface BuilderOptions {
  context: BuildContext
  /** Requests that may wait at a time. */
  queueCapacity: number
  /** How long a build goes on after its last watcher has gone. */
  graceMilliseconds: number
}

export class Builder {
  /** For who wants goals and no watch. */
  readonly scheduler: Scheduler
  private readonly watches = new Set<Watch>()
  private closed = false

  constructor(private readonly options: BuilderOptions) {
    this.scheduler = new Scheduler(options.context, options.graceMilliseconds)
    options.context.queue.onChange(() => this.tellPositions())
  }

  /** Builds that run, requests that wait for their turn, and how many may. */
  counts(): { running: number; waiting: number; capacity: number } {
    return {
      running: this.options.context.queue.running,
      waiting: [...this.watches].filter((watch) => !watch.isRunning()).length,
      capacity: this.options.queueCapacity,
    }
  }

  /**
   * Starts the build of these outputs, or joins it. The listener hears of everything that happened
   * so far, then of what happens; at last `done` or `failed`. Gives what ends the watch. Turns to
   * build are shared out among visitors.
   */
  watch(
    wanted: readonly WantedDerivation[],
    visitor: string,
    listener: (event: WatchEvent) => void,
  ): () => void {
    const watch = new Watch(listener)
    try {
      if (this.closed) throw refusal('the server is shutting down')
      if (this.counts().waiting >= this.options.queueCapacity)
        throw refusal(
          `too many builds are waiting (limit queueLength = ${this.options.queueCapacity}); ` +
            'try again in a while',
          'queueLength',
        )
      this.checkWanted(wanted)
      const outputs = wanted.map(({ path, outputs }): Wanted => ({
        kind: 'outputs',
        drvPath: path,
        outputs,
      }))
      watch.realisation = this.scheduler.realise(outputs, (event) => watch.hear(event), { visitor })
    } catch (error) {
      watch.end({ type: 'failed', failure: failureOf(error) })
      return () => {}
    }
    this.watches.add(watch)
    void this.finish(wanted, watch)
    this.tellPositions()
    return () => this.leave(watch)
  }

  /** Stops all builds, and waits until they have gone. */
  async close(): Promise<void> {
    this.closed = true
    await this.scheduler.close()
  }

  private checkWanted(wanted: readonly WantedDerivation[]): void {
    const { store } = this.options.context
    for (const { path, outputs } of wanted) {
      if (!path.endsWith('.drv')) throw refusal(`'${path}' is not a derivation`)
      if (!store.isValidPath(path))
        throw refusal(`the derivation '${path}' is not in this store; send it first`)
      const derivation = store.readDerivation(path)
      for (const output of outputs)
        if (!derivation.outputs.has(output))
          throw refusal(`derivation '${path}' does not have an output '${output}'`)
    }
  }

  /** Tells everybody of whose goals none runs how far the first of them has come in the queue. */
  private tellPositions(): void {
    const untold = new Set([...this.watches].filter((watch) => !watch.isRunning()))
    if (untold.size === 0) return
    let position = 0
    for (const { drvPath } of this.options.context.queue.waiting) {
      position++
      for (const watch of untold) {
        if (!watch.wants(drvPath)) continue
        watch.tellPosition(position)
        untold.delete(watch)
      }
      if (untold.size === 0) return
    }
  }

  /** Waits for what is wanted; the first failure ends the watch. */
  private async finish(wanted: readonly WantedDerivation[], watch: Watch): Promise<void> {
    const results = (await watch.realisation?.results) ?? []
    try {
      const error = results.find((result) => result?.error)?.error ?? null
      if (error !== null) watch.end({ type: 'failed', failure: (watch.cause ?? error).failure })
      else watch.end({ type: 'done', outputs: this.builtOutputs(wanted) })
    } catch (error) {
      // Somebody removed what was just built.
      watch.end({ type: 'failed', failure: failureOf(error) })
    }
    this.leave(watch)
  }

  private builtOutputs(wanted: readonly WantedDerivation[]): BuiltOutput[] {
    const { store } = this.options.context
    return wanted.flatMap(({ path: drvPath, outputs }) => {
      const known = knownOutputs(store, drvPath, store.readDerivation(drvPath))
      return outputs.map((output) => {
        const path = known.get(output) ?? ''
        const info = store.pathInfo(path)
        if (info === null) throw new Error(`'${path}' was built but is not valid any more`)
        const { narSize, references } = info
        const narHash = formatNarHash(info.narHash)
        return { derivation: drvPath, output, path, narHash, narSize, references }
      })
    })
  }

  private leave(watch: Watch): void {
    this.watches.delete(watch)
    watch.silence()
    watch.realisation?.leave()
    this.tellPositions()
  }
}

/** One request to build, and who made it. */
class Watch {
  realisation: Realisation | null = null
  /** The failure that came first, of which others are but consequences. */
  cause: BuildError | null = null
  private readonly goals = new Map<ByteString, Goal>()
  private readonly told = new Map<BuildLog, number>()
  private position = 0
  private ended = false
  private readonly transfers = new Map<Goal, { done: number; total: number }>()
  private lastTransfer = 0

  constructor(private readonly listener: (event: WatchEvent) => void) {}

  isRunning(): boolean {
    for (const { state } of this.goals.values())
      if (state === 'building' || state === 'substituting') return true
    return false
  }

  wants(drvPath: ByteString): boolean {
    return this.goals.has(drvPath)
  }

  hear(event: GoalEvent): void {
    switch (event.type) {
      case 'state':
        this.goals.set(event.goal.path, event.goal)
        if (!(event.goal instanceof DerivationGoal)) return
        return this.tell({
          type: 'state',
          derivation: event.goal.path,
          name: event.goal.name,
          state: event.state,
        })
      case 'log': {
        const { goal, log } = event
        const start = this.told.get(log) ?? 0
        if (log.length === start) return
        this.told.set(log, log.length)
        return this.tell({ type: 'log', derivation: goal.path, log, start, end: log.length })
      }
      case 'message':
        return this.tell({ type: 'message', text: event.text })
      case 'progress':
        return this.tellTransfer(event)
      case 'failure':
        if (event.goal instanceof DerivationGoal) this.cause ??= event.error
    }
  }

  private tellTransfer({ goal, done, total }: Extract<GoalEvent, { type: 'progress' }>): void {
    this.transfers.set(goal, { done, total: Math.max(done, total) })
    const now = Date.now()
    if (done !== total && now - this.lastTransfer < transferMilliseconds) return
    this.lastTransfer = now
    const all = [...this.transfers.values()]
    const sum = (part: 'done' | 'total') => all.reduce((bytes, item) => bytes + item[part], 0)
    this.tell({ type: 'transfer', done: sum('done'), total: sum('total') })
  }

  tell(event: WatchEvent): void {
    if (!this.ended) this.listener(event)
  }

  tellPosition(position: number): void {
    if (position === this.position) return
    this.position = position
    this.tell({ type: 'queued', position })
  }

  end(event: WatchEvent): void {
    this.tell(event)
    this.ended = true
  }

  silence(): void {
    this.ended = true
  }
}

function refusal(message: string, limit: string | null = null): BuildError {
  return new BuildError({ kind: 'refused', message, limit })
}

function failureOf(error: unknown): BuildFailure {
  if (error instanceof BuildError) return error.failure
  const message = error instanceof Error ? error.message : String(error)
  return new BuildError({ kind: 'internal', message }).failure
}
