import type { ByteString } from '@snowglobe/shared/bytes'
import { parseStorePath } from '@snowglobe/shared/store-path'
import { StoreError } from '@snowglobe/worker/store/store'
import { BuildError } from './build-error'
import { Goal } from './goal'
import type { Scheduler } from './scheduler'
import { SubstitutionError, type Transfer } from './substitution'

/** Why a path could not be substituted: nobody has it, what it refers to is missing, or an error. */
export type SubstitutionFailure = 'no-substituter' | 'incomplete' | 'error'

/** Gets a path, and before it what it refers to, from a cache. */
export class SubstitutionGoal extends Goal {
  /** Why it has failed, if it has. */
  failure: SubstitutionFailure = 'error'
  /** The cache that has the path, as people know it. */
  cache: string | null = null

  constructor(
    key: string,
    path: ByteString,
    private readonly scheduler: Scheduler,
  ) {
    super(key, path, parseStorePath(scheduler.context.store.storeDir, path).name)
  }

  override async run(): Promise<void> {
    const { store, settings, substitution } = this.scheduler.context
    await this.hold(store, [this.path])
    if (store.isValidPath(this.path)) return
    const transfer: Transfer = {
      signal: this.stop.signal,
      onProgress: (done, total) => this.tell({ type: 'progress', goal: this, done, total }),
      onMessage: (text) => this.tell({ type: 'message', text }),
    }
    const info =
      substitution === null || !settings.substitute
        ? undefined
        : (await substitution.querySubstitutable([this.path], transfer)).get(this.path)
    if (info === undefined || substitution === null)
      return this.fail(
        'no-substituter',
        `path '${this.path}' does not exist in the store and there is no substituter that can build it`,
      )
    const needed = info.references.filter((path) => path !== this.path)
    const goals = needed.map((path) => this.scheduler.substitution(path))
    const errors = await this.scheduler.require(this, goals)
    if (errors.length > 0)
      return this.fail(
        goals.some((goal) => goal.failure === 'error') ? 'error' : 'incomplete',
        `some references of path '${this.path}' could not be realised`,
      )
    if (store.isValidPath(this.path)) return
    this.cache = info.cache ?? null
    this.setState('substituting')
    try {
      await substitution.substitute(this.path, transfer)
    } catch (error) {
      if (!(error instanceof SubstitutionError) && !(error instanceof StoreError)) throw error
      this.tell({ type: 'message', text: error.message })
      return this.fail('error', error.message)
    }
    this.setState('built')
  }

  private fail(failure: SubstitutionFailure, message: string): never {
    this.failure = failure
    throw new BuildError({ kind: 'dependency-failed', derivation: this.path, message })
  }
}
