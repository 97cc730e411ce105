import type { ByteString } from '@snowglobe/shared/bytes'
import { DerivationError, derivationKind, type Derivation } from '@snowglobe/shared/derivation'
import { HashError } from '@snowglobe/shared/hash'
import { StorePathError } from '@snowglobe/shared/store-path-name'
import { StoreError } from '@snowglobe/worker/store/store'
import { pathBytes } from '../store/byte-path'
import { buildDerivation } from './build-derivation'
import type { BuildJob } from './build-job'
import { BuildError } from './build-error'
import { BuildLog } from './build-log'
import type { BuildMode } from './build-settings'
import { checkBuildable, requireFeature } from './buildable'
import { DerivationAttributes } from './derivation-attributes'
import { fetchOutput } from './fetch-output'
import { Goal } from './goal'
import { knownOutputs } from './known-outputs'
import type { OutputLocks } from './output-locks'
import { addDerivation, resolveDerivation } from './resolve-derivation'
import type { Scheduler } from './scheduler'
import type { Transfer } from './substitution'

/** Sees to it that outputs of a derivation are valid: there already, substituted or built. */
export class DerivationGoal extends Goal {
  /** Outputs that somebody wants. */
  readonly outputs: Set<ByteString>
  /** Whether outputs have been added since it was last looked at what is there. */
  private outputsAdded = false
  /** Whether caches have the outputs but not all that these refer to, which may be built. */
  private lacksInputsOnly = false

  constructor(
    key: string,
    drvPath: ByteString,
    outputs: Iterable<ByteString>,
    readonly mode: BuildMode,
    private readonly scheduler: Scheduler,
  ) {
    super(key, drvPath, scheduler.context.store.derivationName(drvPath))
    this.outputs = new Set(outputs)
  }

  addOutputs(outputs: Iterable<ByteString>): void {
    for (const output of outputs) {
      if (this.outputs.has(output)) continue
      this.outputs.add(output)
      this.outputsAdded = true
    }
  }

  override async run(): Promise<void> {
    try {
      await this.realise()
    } catch (error) {
      const told =
        error instanceof DerivationError ||
        error instanceof StoreError ||
        error instanceof StorePathError ||
        error instanceof HashError
      if (told) throw this.failed(error.message)
      throw error
    }
  }

  private async realise(): Promise<void> {
    const { store, settings } = this.scheduler.context
    await this.hold(store, [this.path])
    const derivation = await this.readDerivation()
    await this.hold(store, [...knownOutputs(store, this.path, derivation).values()])
    const kind = derivationKind(derivation)
    if (kind === 'floating' || kind === 'deferred')
      requireFeature(settings, 'ca-derivations', this.path)
    if (kind === 'impure') requireFeature(settings, 'impure-derivations', this.path)
    this.checkOutputNames(derivation)
    // An impure derivation is built whenever it is wanted.
    const reusable = kind !== 'impure'
    if (this.mode === 'normal' && reusable && this.isPresent(derivation))
      return this.setState('present')
    this.setState('waiting')
    const attributes = new DerivationAttributes(this.path, derivation)
    if (reusable && (await this.isSubstituted(derivation, attributes))) return
    if (kind === 'fixed' && (await this.isFetched(derivation, attributes))) return
    if (this.mode !== 'normal' && !this.isPresent(derivation))
      throw this.failed(`some outputs of '${this.path}' are not valid, so checking is not possible`)
    if (kind !== 'floating' && kind !== 'deferred')
      checkBuildable(this.path, derivation, attributes, settings)
    await this.realiseInputs(derivation)
    if (this.lacksInputsOnly && (await this.isSubstituted(derivation, attributes))) return
    const resolved =
      kind === 'input-addressed' ? null : resolveDerivation(this.path, derivation, store)
    if (resolved !== null) return this.realiseResolved(derivation, resolved)
    await this.build(derivation, attributes)
  }

  private async readDerivation(): Promise<Derivation> {
    const { store } = this.scheduler.context
    if (!store.isValidPath(this.path)) {
      const goal = this.scheduler.substitution(this.path)
      const errors = await this.scheduler.require(this, [goal])
      if (errors.length > 0) throw this.failed(`cannot build missing derivation '${this.path}'`)
    }
    return store.readDerivation(this.path)
  }

  private checkOutputNames(derivation: Derivation): void {
    const unknown = [...this.outputs].filter((name) => !derivation.outputs.has(name))
    if (unknown.length === 0) return
    const names = unknown.map((name) => `'${name}'`).join(', ')
    throw this.failed(`derivation '${this.path}' does not have wanted outputs ${names}`)
  }

  private isPresent(derivation: Derivation): boolean {
    const { store } = this.scheduler.context
    const known = knownOutputs(store, this.path, derivation)
    this.outputsAdded = false
    for (const name of this.outputs) {
      const path = known.get(name)
      if (path === undefined || !store.isValidPath(path)) return false
    }
    return true
  }

  /** Tries to substitute the outputs. Gives whether that has succeeded. */
  private async isSubstituted(
    derivation: Derivation,
    attributes: DerivationAttributes,
  ): Promise<boolean> {
    const { substitution, settings } = this.scheduler.context
    const allowed = settings.alwaysAllowSubstitutes || attributes.boolean('allowSubstitutes', true)
    if (substitution === null || !settings.substitute || !allowed || this.mode !== 'normal')
      return false
    do {
      const paths = await this.substitutableOutputs(derivation)
      if (paths === null) return false
      const goals = paths.map((path) => this.scheduler.substitution(path))
      const errors = await this.scheduler.require(this, goals)
      const failures = goals.filter(({ error }) => error !== null).map(({ failure }) => failure)
      if (failures.includes('error') && !settings.fallback)
        throw this.failed(
          `some substitutes for the outputs of derivation '${this.path}' failed ` +
            "(usually happens due to networking issues); try '--fallback' to build derivation from source ",
        )
      if (errors.length > 0) {
        this.lacksInputsOnly = failures.every((failure) => failure === 'incomplete')
        return false
      }
    } while (this.outputsAdded)
    if (!this.isPresent(derivation)) return false
    this.setState('built')
    return true
  }

  /** Tries to get a fixed output without its inputs and its builder. */
  private async isFetched(
    derivation: Derivation,
    attributes: DerivationAttributes,
  ): Promise<boolean> {
    const { store, fetcher } = this.scheduler.context
    if (fetcher === null || this.mode !== 'normal') return false
    const transfer: Transfer = {
      signal: this.stop.signal,
      onProgress: (done, total) => {
        this.setState('substituting')
        this.tell({ type: 'progress', goal: this, done, total })
      },
      onMessage: (text) => this.tell({ type: 'message', text }),
    }
    const wanted = { drvPath: this.path, derivation, attributes }
    if (!(await fetchOutput(wanted, store, fetcher, transfer))) return false
    this.setState('built')
    return true
  }

  /** Paths of wanted outputs that are not valid; null where one is not known to anybody. */
  private async substitutableOutputs(derivation: Derivation): Promise<ByteString[] | null> {
    const { store, substitution } = this.scheduler.context
    const known = knownOutputs(store, this.path, derivation)
    const paths: ByteString[] = []
    for (const name of this.outputs) {
      let path = known.get(name)
      if (path === undefined && derivation.inputDerivations.size === 0) {
        const signal = this.stop.signal
        path = (await substitution?.queryRealisation?.(this.path, name, { signal })) ?? undefined
        if (path !== undefined) {
          const errors = await this.scheduler.require(this, [this.scheduler.substitution(path)])
          if (errors.length > 0) return null
          store.registerRealisation(this.path, name, path)
        }
      }
      if (path === undefined) return null
      if (!store.isValidPath(path)) paths.push(path)
    }
    return paths
  }

  /** Inputs first. Throws BuildError where some have failed. */
  private async realiseInputs(derivation: Derivation): Promise<void> {
    const { store, settings, substitution } = this.scheduler.context
    const goals: Goal[] = []
    for (const [path, outputs] of derivation.inputDerivations)
      goals.push(this.scheduler.derivation(path, outputs))
    const sources = [...derivation.inputSources]
    const valid = await store.queryValidPaths(sources)
    for (const path of sources) {
      if (valid.has(path)) continue
      if (!settings.substitute || substitution === null)
        throw this.failed(
          `dependency '${path}' of '${this.path}' does not exist, and substitution is disabled`,
        )
      goals.push(this.scheduler.substitution(path))
    }
    const errors = await this.scheduler.require(this, goals)
    if (errors.length > 0)
      throw new BuildError({
        kind: 'dependency-failed',
        derivation: this.path,
        message: `${errors.length} dependencies of derivation '${this.path}' failed to build`,
      })
  }

  /**
   * A derivation whose inputs are content-addressed is what it is with their paths put in: two that
   * come to the same are built once, and not at all where that has been built (early cut-off).
   */
  private async realiseResolved(derivation: Derivation, resolved: Derivation): Promise<void> {
    const { store } = this.scheduler.context
    const path = await addDerivation(store, resolved)
    this.tell({ type: 'message', text: `resolved derivation: '${this.path}' -> '${path}'...` })
    const goal = this.scheduler.derivation(path, this.outputs, this.mode)
    const [error] = await this.scheduler.require(this, [goal])
    if (error !== undefined)
      throw new BuildError({
        kind: 'dependency-failed',
        derivation: this.path,
        message: `1 dependencies of derivation '${this.path}' failed to build`,
      })
    for (const [name, output] of knownOutputs(store, path, resolved))
      if (store.isValidPath(output)) store.registerRealisation(this.path, name, output)
    if (derivationKind(derivation) === 'impure') this.setState('built')
    this.setState(goal.state === 'present' ? 'present' : 'built')
  }

  private async build(derivation: Derivation, attributes: DerivationAttributes): Promise<void> {
    const { context } = this.scheduler
    const { queue, store } = context
    if (queue.capacity === 0)
      throw this.failed(
        "unable to start any build; either increase '--max-jobs' or enable remote builds.\n" +
          'https://nixos.org/manual/nix/stable/advanced-topics/distributed-builds.html',
      )
    const turn = await queue.enter({
      drvPath: this.path,
      signal: this.stop.signal,
      visitors: () => this.visitors(),
    })
    let locks: OutputLocks | null = null
    try {
      locks = await this.lockOutputs(derivation)
      // Somebody else may have built it while this waited.
      if (derivationKind(derivation) !== 'impure' && this.mode === 'normal') {
        const all = knownOutputs(store, this.path, derivation)
        const there = [...this.outputs].every((name) => store.isValidPath(all.get(name) ?? ''))
        if (there) {
          locks?.release()
          turn.leave()
          return this.setState('present')
        }
      }
      const log = new BuildLog(context.retainedLog)
      this.log = log
      log.onMore(() => this.tell({ type: 'log', goal: this, log }))
      log.onMessage((message) => this.tell({ type: 'builder-message', goal: this, message }))
      const { mode, path: drvPath } = this
      const { slot } = turn
      const { signal } = this.stop
      const tell = (text: ByteString) => this.tell({ type: 'message', text })
      const started = () => this.setState('building')
      const wanted = [...this.outputs].sort()
      const common = { drvPath, derivation, attributes, mode, log, slot, signal, tell, wanted }
      const job: BuildJob = { ...common, started }
      await buildDerivation(job, context)
      await this.hold(store, [...knownOutputs(store, this.path, derivation).values()])
      this.setState('built')
    } catch (error) {
      locks?.release()
      // Not before those who stop everything at the first failure have done so.
      setImmediate(() => turn.leave())
      throw error
    }
    locks?.release()
    turn.leave()
  }

  private async lockOutputs(derivation: Derivation): Promise<OutputLocks | null> {
    const { store, locker } = this.scheduler.context
    if (locker === null) return null
    const paths = [...derivation.outputs.values()].flatMap(({ path }) =>
      path === '' ? [] : store.realPath(path),
    )
    const onWait = (waiting: readonly string[]) => {
      const shown = waiting.map((path) => `'${pathBytes(path)}'`).join(', ')
      this.tell({ type: 'message', text: `waiting for lock on ${shown}` })
    }
    return locker.lock(paths, onWait, this.stop.signal)
  }

  private failed(message: string): BuildError {
    return new BuildError({ kind: 'refused', derivation: this.path, message })
  }
}
