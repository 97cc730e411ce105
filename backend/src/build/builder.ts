/**
 * Builds what watchers ask for. Each derivation is one goal, shared by all who want it; goals whose
 * inputs are there wait in one queue for a free slot. A goal that nobody watches any more dies after
 * a while: whoever reloads a page finds the build where it was.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { Derivation } from '@snowglobe/shared/derivation'
import type {
  BuildFailure,
  BuildState,
  BuiltOutput,
  ClientMessage,
} from '@snowglobe/shared/messages'
import { formatNarHash } from '@snowglobe/worker/store/check-entry'
import { buildDerivation, type BuildContext } from './build-derivation'
import { BuildError } from './build-error'
import { BuildLog, type LogArchive } from './build-log'
import { checkBuildable } from './buildable'

export type WantedDerivation = Extract<ClientMessage, { type: 'build' }>['derivations'][number]

/** What a watcher hears. Logs are read from the log itself, at the watcher's own pace. */
export type WatchEvent =
  | { type: 'queued'; position: number }
  | { type: 'state'; derivation: ByteString; name: ByteString; state: BuildState }
  /** Pieces from `start` up to, not including, `end`. */
  | { type: 'log'; derivation: ByteString; log: BuildLog; start: number; end: number }
  | { type: 'done'; outputs: BuiltOutput[] }
  | { type: 'failed'; failure: BuildFailure }

export interface BuilderOptions {
  context: BuildContext
  archive: LogArchive
  /** Systems that derivations may ask for, our own first. */
  systems: readonly string[]
  /** Builds at a time. */
  slots: number
  /** Requests that may wait at a time. */
  queueCapacity: number
  /** How long a build goes on after its last watcher has gone. */
  graceMilliseconds: number
}

interface Goal {
  drvPath: ByteString
  derivation: Derivation
  state: BuildState
  inputs: Goal[]
  watches: Set<Watch>
  log: BuildLog
  stop: AbortController
  grace: NodeJS.Timeout | null
  /** Null on success. */
  result: Promise<BuildFailure | null>
}

export class Builder {
  /** Goals that have not ended, by derivation. */
  private readonly goals = new Map<ByteString, Goal>()
  private readonly watches = new Set<Watch>()
  private readonly queue: { goal: Goal; start: (slot: number | null) => void }[] = []
  private readonly freeSlots: number[]
  private closed = false

  constructor(private readonly options: BuilderOptions) {
    this.freeSlots = Array.from({ length: options.slots }, (_, slot) => slot)
  }

  /** Builds that run, requests that wait for their turn, and how many may. */
  counts(): { running: number; waiting: number; capacity: number } {
    return {
      running: this.options.slots - this.freeSlots.length,
      waiting: [...this.watches].filter((watch) => !watch.isRunning()).length,
      capacity: this.options.queueCapacity,
    }
  }

  /**
   * Starts the build of these outputs, or joins it. The listener hears of everything that happened
   * so far, then of what happens; at last `done` or `failed`. Gives what ends the watch.
   */
  watch(wanted: readonly WantedDerivation[], listener: (event: WatchEvent) => void): () => void {
    const watch = new Watch(listener)
    try {
      if (this.closed) throw refusal('the server is shutting down')
      if (this.counts().waiting >= this.options.queueCapacity)
        throw refusal(
          `too many builds are waiting (limit queueLength = ${this.options.queueCapacity}); ` +
            'try again in a while',
        )
      this.checkWanted(wanted)
      this.plan(wanted, watch)
    } catch (error) {
      watch.end({ type: 'failed', failure: failureOf(error) })
      this.leave(watch)
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
    const goals = [...this.goals.values()]
    for (const goal of goals) this.cancel(goal)
    await Promise.all(goals.map((goal) => goal.result))
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

  /** Finds or makes the goals for what is wanted and is not there, inputs first. */
  private plan(wanted: readonly WantedDerivation[], watch: Watch): void {
    const planned = new Map<ByteString, Goal | null>()
    const visit = (path: ByteString, outputs: Iterable<ByteString>): Goal | null => {
      const known = planned.get(path)
      if (known !== undefined && known !== null) return known
      const derivation = this.options.context.store.readDerivation(path)
      if (this.arePresent(derivation, outputs)) {
        if (known === undefined) {
          planned.set(path, null)
          watch.tell(stateEvent(path, derivation, 'present'))
        }
        return null
      }
      const running = this.goals.get(path)
      const goal =
        running === undefined || running.stop.signal.aborted
          ? this.startGoal(path, derivation, visit)
          : running
      planned.set(path, goal)
      this.join(goal, watch, visit)
      return goal
    }
    for (const { path, outputs } of wanted) visit(path, outputs)
  }

  private arePresent(derivation: Derivation, outputs: Iterable<ByteString>): boolean {
    const { store } = this.options.context
    for (const name of outputs) {
      const path = derivation.outputs.get(name)?.path
      if (path === undefined || path === '' || !store.isValidPath(path)) return false
    }
    return true
  }

  private startGoal(
    drvPath: ByteString,
    derivation: Derivation,
    visit: (path: ByteString, outputs: Iterable<ByteString>) => Goal | null,
  ): Goal {
    checkBuildable(drvPath, derivation, this.options.systems)
    const inputs: Goal[] = []
    for (const [path, outputs] of derivation.inputDerivations) {
      const input = visit(path, outputs)
      if (input !== null) inputs.push(input)
    }
    const goal: Goal = {
      drvPath,
      derivation,
      state: 'waiting',
      inputs,
      watches: new Set(),
      log: new BuildLog(),
      stop: new AbortController(),
      grace: null,
      result: Promise.resolve(null),
    }
    goal.log.onMore(() => {
      const end = goal.log.length
      for (const watch of goal.watches)
        watch.tell({ type: 'log', derivation: drvPath, log: goal.log, start: end - 1, end })
    })
    this.goals.set(drvPath, goal)
    goal.result = this.run(goal)
    return goal
  }

  private join(
    goal: Goal,
    watch: Watch,
    visit: (path: ByteString, outputs: Iterable<ByteString>) => Goal | null,
  ): void {
    if (goal.watches.has(watch)) return
    if (goal.grace !== null) clearTimeout(goal.grace)
    goal.grace = null
    goal.watches.add(watch)
    watch.goals.add(goal)
    watch.tell(stateEvent(goal.drvPath, goal.derivation, goal.state))
    const end = goal.log.length
    if (end > 0) watch.tell({ type: 'log', derivation: goal.drvPath, log: goal.log, start: 0, end })
    for (const [path, outputs] of goal.derivation.inputDerivations) visit(path, outputs)
  }

  private async run(goal: Goal): Promise<BuildFailure | null> {
    const failure = await this.buildWithInputs(goal).then(
      (failure) => failure,
      (error: unknown) => failureOf(error),
    )
    if (goal.grace !== null) clearTimeout(goal.grace)
    // One that was stopped may have a successor by now.
    if (this.goals.get(goal.drvPath) === goal) this.goals.delete(goal.drvPath)
    const stopped = failure?.kind === 'cancelled'
    this.setState(goal, failure === null ? 'built' : stopped ? 'cancelled' : 'failed')
    return failure
  }

  /** Gives the failure of an input. */
  private async buildWithInputs(goal: Goal): Promise<BuildFailure | null> {
    const results = await Promise.all(goal.inputs.map((input) => input.result))
    const failure = results.find((result) => result !== null) ?? null
    if (failure === null) await this.build(goal)
    return failure
  }

  private async build(goal: Goal): Promise<void> {
    const { context, archive } = this.options
    const slot = await this.takeSlot(goal)
    try {
      this.setState(goal, 'building')
      this.tellPositions()
      const { drvPath, derivation, log } = goal
      try {
        await buildDerivation({ drvPath, derivation, log, slot, signal: goal.stop.signal }, context)
      } finally {
        await archive
          .keep(drvPath, log)
          .catch((error: unknown) => context.report(`the log of ${drvPath}: ${String(error)}`))
      }
    } finally {
      this.giveSlot(slot)
    }
  }

  private takeSlot(goal: Goal): Promise<number> {
    const slot = this.freeSlots.pop()
    if (slot !== undefined) return Promise.resolve(slot)
    return new Promise((resolve, reject) => {
      const start = (slot: number | null) =>
        slot === null ? reject(cancelled(goal)) : resolve(slot)
      this.queue.push({ goal, start })
      this.tellPositions()
    })
  }

  private giveSlot(slot: number): void {
    const next = this.queue.shift()
    if (next === undefined) this.freeSlots.push(slot)
    else next.start(slot)
    this.tellPositions()
  }

  /** Tells everybody of whose goals none runs how far the first of them has come in the queue. */
  private tellPositions(): void {
    for (const watch of this.watches) {
      if (watch.isRunning()) continue
      const index = this.queue.findIndex(({ goal }) => goal.watches.has(watch))
      if (index >= 0) watch.tellPosition(index + 1)
    }
  }

  private setState(goal: Goal, state: BuildState): void {
    goal.state = state
    const event = stateEvent(goal.drvPath, goal.derivation, state)
    for (const watch of goal.watches) watch.tell(event)
  }

  /** Waits for what is wanted; the first failure ends the watch. */
  private async finish(wanted: readonly WantedDerivation[], watch: Watch): Promise<void> {
    const failure = await firstFailure([...watch.goals].map((goal) => goal.result))
    try {
      if (failure !== null) watch.end({ type: 'failed', failure })
      else watch.end({ type: 'done', outputs: this.builtOutputs(wanted) })
    } catch (error) {
      // Somebody removed what was just built.
      watch.end({ type: 'failed', failure: failureOf(error) })
    }
    this.leave(watch)
  }

  private builtOutputs(wanted: readonly WantedDerivation[]): BuiltOutput[] {
    const { store } = this.options.context
    return wanted.flatMap(({ path: drvPath, outputs }) =>
      outputs.map((output) => {
        const path = store.readDerivation(drvPath).outputs.get(output)?.path ?? ''
        const info = store.pathInfo(path)
        if (info === null) throw new Error(`'${path}' was built but is not valid any more`)
        const { narSize, references } = info
        const narHash = formatNarHash(info.narHash)
        return { derivation: drvPath, output, path, narHash, narSize, references }
      }),
    )
  }

  private leave(watch: Watch): void {
    this.watches.delete(watch)
    watch.silence()
    for (const goal of watch.goals) {
      goal.watches.delete(watch)
      if (goal.watches.size > 0 || goal.grace !== null || this.goals.get(goal.drvPath) !== goal)
        continue
      goal.grace = setTimeout(() => this.cancel(goal), this.options.graceMilliseconds)
    }
    this.tellPositions()
  }

  private cancel(goal: Goal): void {
    goal.stop.abort()
    const index = this.queue.findIndex((entry) => entry.goal === goal)
    if (index >= 0) this.queue.splice(index, 1)[0]?.start(null)
  }
}

/** One request to build, and who made it. */
class Watch {
  readonly goals = new Set<Goal>()
  private position = 0
  private ended = false

  constructor(private readonly listener: (event: WatchEvent) => void) {}

  isRunning(): boolean {
    for (const goal of this.goals) if (goal.state === 'building') return true
    return false
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

function stateEvent(
  derivation: ByteString,
  { name }: Derivation,
  state: BuildState,
): WatchEvent & { type: 'state' } {
  return { type: 'state', derivation, name, state }
}

/** The failure that comes first in time, or null once all have succeeded. */
function firstFailure(results: Promise<BuildFailure | null>[]): Promise<BuildFailure | null> {
  return new Promise((resolve) => {
    for (const result of results)
      void result.then((failure) => {
        if (failure !== null) resolve(failure)
      })
    void Promise.all(results).then(() => resolve(null))
  })
}

function refusal(message: string): BuildError {
  return new BuildError({ kind: 'refused', message })
}

function cancelled({ drvPath }: Goal): BuildError {
  return new BuildError({
    kind: 'cancelled',
    derivation: drvPath,
    message: `building of '${drvPath}' was stopped`,
  })
}

function failureOf(error: unknown): BuildFailure {
  if (error instanceof BuildError) return error.failure
  const message = error instanceof Error ? error.message : String(error)
  return new BuildError({ kind: 'internal', message }).failure
}
