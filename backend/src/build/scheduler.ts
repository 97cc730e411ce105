/** Runs goals: each once, whoever wants it, until nobody does any more. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { BuildContext } from './build-context'
import { BuildError } from './build-error'
import type { BuildMode } from './build-settings'
import { DerivationGoal } from './derivation-goal'
import type { Goal, GoalEvent, GoalResult, Watcher } from './goal'
import { SubstitutionGoal } from './substitution-goal'

/** Outputs of a derivation, or a path to be substituted. */
export type Wanted =
  | { kind: 'outputs'; drvPath: ByteString; outputs: Iterable<ByteString> }
  | { kind: 'path'; path: ByteString }

/** Goals that somebody wants, and what becomes of them. */
export interface Realisation {
  /** In the order in which they were wanted. Each once. */
  readonly goals: readonly Goal[]
  /**
   * Tells when all goals have ended; without keep-going as soon as one has failed, and those that
   * have not ended then are null.
   */
  readonly results: Promise<(GoalResult | null)[]>
  /** No longer wants them. What nobody wants ends after the grace period. */
  leave(): void
}

export class Scheduler {
  private readonly goals = new Map<string, Goal>()
  /** Goals that have not ended, also those that have a successor already. */
  private readonly running = new Set<Goal>()
  private closed = false

  constructor(
    readonly context: BuildContext,
    /** How long a goal goes on after its last watcher has gone. */
    private readonly graceMilliseconds: number,
  ) {}

  /**
   * Realises what is wanted; the listener hears of it and of all that it needs. `visitor` is whose it
   * is, where that matters.
   */
  realise(
    wanted: readonly Wanted[],
    listener: (event: GoalEvent) => void,
    { mode = 'normal', visitor = '' }: { mode?: BuildMode; visitor?: string } = {},
  ): Realisation {
    if (this.closed) throw new BuildError({ kind: 'refused', message: 'builds are being ended' })
    let left = false
    const watcher: Watcher = {
      visitor,
      tell: (event) => left || listener(event),
      goals: new Set(),
    }
    const goals = new Set<Goal>()
    for (const want of wanted) {
      const goal =
        want.kind === 'path'
          ? this.substitution(want.path)
          : this.derivation(want.drvPath, want.outputs, mode)
      goals.add(goal)
      this.join(goal, watcher)
    }
    const tops = [...goals]
    return {
      goals: tops,
      results: this.settle(tops),
      leave: () => {
        if (left) return
        left = true
        for (const goal of watcher.goals) this.unwatch(goal, watcher)
      },
    }
  }

  /** The goal of a derivation's outputs; it becomes one of all outputs that anybody wants. */
  derivation(
    drvPath: ByteString,
    outputs: Iterable<ByteString>,
    mode: BuildMode = 'normal',
  ): DerivationGoal {
    const key = `${mode} ${drvPath}`
    const known = this.joinable(key)
    if (known instanceof DerivationGoal) {
      known.addOutputs(outputs)
      return known
    }
    return this.start(new DerivationGoal(key, drvPath, outputs, mode, this))
  }

  /** The goal of getting a path from a cache. */
  substitution(path: ByteString): SubstitutionGoal {
    const key = `substitute ${path}`
    const known = this.joinable(key)
    if (known instanceof SubstitutionGoal) return known
    return this.start(new SubstitutionGoal(key, path, this))
  }

  /**
   * Waits for goals that another needs. Gives the errors of those that have failed: of the first
   * only, at once, unless keep-going is set.
   */
  async require(needing: Goal, needed: readonly Goal[]): Promise<BuildError[]> {
    for (const goal of needed) {
      goal.isNeeded = true
      needing.dependencies.add(goal)
      for (const watcher of needing.watchers) this.join(goal, watcher)
    }
    const results = await this.settle(needed)
    return results.flatMap((result) => (result?.error ? [result.error] : []))
  }

  /** Waits until all that there is has ended. */
  async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.all([...this.running].map(({ result }) => result))
  }

  /** Ends everything, and waits until it has ended. */
  async close(): Promise<void> {
    this.closed = true
    for (const goal of this.running) goal.stop.abort(stopped(goal))
    await this.idle()
  }

  private joinable(key: string): Goal | undefined {
    const goal = this.goals.get(key)
    return goal === undefined || goal.isStopped ? undefined : goal
  }

  private start<Kind extends Goal>(goal: Kind): Kind {
    this.goals.set(goal.key, goal)
    this.running.add(goal)
    goal.result = this.run(goal)
    return goal
  }

  private async run(goal: Goal): Promise<GoalResult> {
    // Not yet: goals that need each other in long chains would nest as deep as the chain is long.
    await null
    const error = await goal.run().then(
      () => null,
      (error: unknown) => this.asBuildError(goal, error),
    )
    goal.end(error)
    this.running.delete(goal)
    // One that has failed is not tried again for those who know of it. (One that was stopped may
    // have a successor by now.)
    const forget = error === null || goal.isStopped || goal.watchers.size === 0
    if (forget && this.goals.get(goal.key) === goal) this.goals.delete(goal.key)
    if (goal.watchers.size === 0) await goal.release()
    return { error }
  }

  private asBuildError(goal: Goal, error: unknown): BuildError {
    if (goal.isStopped) return stopped(goal)
    if (error instanceof BuildError) return error
    const why = this.context.unexpected(error, `realising ${goal.path}`)
    return new BuildError({
      kind: 'internal',
      derivation: goal.path,
      message: `cannot realise '${goal.path}': ${why}`,
    })
  }

  /** All results; without keep-going, those there are when the first goal has failed. */
  private settle(goals: readonly Goal[]): Promise<(GoalResult | null)[]> {
    return new Promise((resolve) => {
      const results = goals.map((): GoalResult | null => null)
      let left = goals.length
      if (left === 0) resolve([])
      goals.forEach((goal, index) => {
        void goal.result.then((result) => {
          results[index] = result
          left--
          if (left === 0 || (result.error !== null && !this.context.settings.keepGoing))
            resolve([...results])
        })
      })
    })
  }

  /** Lets a watcher watch a goal and all that it needs, and tells what has happened so far. */
  private join(first: Goal, watcher: Watcher): void {
    const pending = [first]
    for (let goal = pending.pop(); goal !== undefined; goal = pending.pop()) {
      if (goal.watchers.has(watcher)) continue
      if (goal.grace !== null) clearTimeout(goal.grace)
      goal.grace = null
      goal.watchers.add(watcher)
      watcher.goals.add(goal)
      if (goal.state !== null) watcher.tell({ type: 'state', goal, state: goal.state })
      if (goal.log !== null) watcher.tell({ type: 'log', goal, log: goal.log })
      pending.push(...goal.dependencies)
    }
  }

  private unwatch(goal: Goal, watcher: Watcher): void {
    goal.watchers.delete(watcher)
    if (goal.watchers.size > 0 || goal.grace !== null) return
    if (goal.ended) {
      void goal.release()
      if (this.goals.get(goal.key) === goal) this.goals.delete(goal.key)
    } else if (this.graceMilliseconds === 0) goal.stop.abort(stopped(goal))
    else goal.grace = setTimeout(() => goal.stop.abort(stopped(goal)), this.graceMilliseconds)
  }
}

function stopped({ path }: Goal): BuildError {
  return new BuildError({
    kind: 'cancelled',
    derivation: path,
    message: `building of '${path}' was stopped`,
  })
}
