import { byteStringToUtf8, utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import type { Health } from '@snowglobe/shared/messages'
import { readNar } from '@snowglobe/shared/nar'
import type { Snippet } from '@snowglobe/shared/snippet'
import type { Fetched, FetchRequest } from '../evaluator/fetch-request'
import type { NeededOutput } from '../evaluator/host'
import { formatNarHash } from '../store/check-entry'
import { StoreError, type PathInfo, type Store, type StoreEntry } from '../store/store'
import type {
  Completions,
  Hover,
  OutlineSymbol,
  TextPosition,
  TextSpan,
} from '../intelligence/answers'
import type { Documentation } from '../intelligence/documentation'
import type {
  BuildEvent,
  BuildResult,
  ChannelProgress,
  ChannelView,
  CheckResult,
  CollectedView,
  Coordinator,
  DamageView,
  DependencyStepView,
  DerivationView,
  Evaluation,
  EvaluationBuildEvent,
  Expansion,
  GarbageView,
  Handle,
  PathDetails,
  PathView,
  Problem,
  RootView,
  StoreFile,
} from './api'
import { BackendError, type BackendClient } from './backend-client'
import { makePlan, runBuild } from './build-job'
import { BuildPlanner, viewReasons, type BuildPlan } from './build-planner'
import type { Socket } from './build-watch'
import { ChannelError, Channels } from './channels'
import { viewDerivation } from './derivation-view'
import { DocumentationDesk } from './documentation-desk'
import { EditorHelp } from './editor-help'
import { EvaluatorPool, StoppedError, type TaskOptions } from './evaluator-pool'
import type {
  ChannelPack,
  EvaluatorApi,
  EvaluatorConnection,
  LoadedContents,
  WantedOutput,
  WithAdded,
} from './evaluator-protocol'
import type { KnownPaths } from './known-paths'
import { namesOf } from './missing-outputs'
import type { PackCache } from './pack-cache'
import { plainProblem } from './plain-problem'
import { StoreDesk } from './store-desk'
import { StoreFiles } from './store-files'
import { Substituter } from './substituter'
import { wantedChannel } from './wanted-channel'

/** Function calls that an evaluation may make as the person types: some tenths of a second. */
const typingBudget = 300_000

/** How long a spare evaluator leaves a new channel to the one at work. */
const spareMilliseconds = 2000

/** How long the editor's first question waits for what is told of the starter collection. */
const documentationMilliseconds = 300

type Hear = (paths: readonly ByteString[]) => void

export interface TabParts {
  store: Store
  known: KnownPaths
  backend: Pick<
    BackendClient,
    | 'health'
    | 'missing'
    | 'import'
    | 'narInfo'
    | 'nar'
    | 'channels'
    | 'pack'
    | 'fetch'
    | 'documentation'
  >
  /** Where packs are kept from one visit to the next. */
  packs: PackCache
  /** Opens a connection for builds. */
  connect(): Socket
  spawnEvaluator(): EvaluatorConnection
  wait(milliseconds: number): Promise<void>
  /** Tells the other tabs which paths are gone, and hears of it from them. */
  deletions?: { tell(paths: readonly ByteString[]): void; listen(hear: Hear): void }
  /** What the person should know of this tab's storage, or null. */
  notice: string | null
}

/**
 * The tab's coordinator: owns the store and the connection to the backend, and has evaluators
 * evaluate. It never runs a person's code itself, so it always answers.
 */
export class TabCoordinator implements Coordinator {
  private readonly store: Store
  private readonly pool: EvaluatorPool
  private readonly substituter: Substituter
  private readonly files: StoreFiles
  private readonly desk: StoreDesk
  private readonly planner: BuildPlanner
  /** Paths that evaluators may read: valid, or known from a cache. */
  private readonly readable = new Set<ByteString>()
  private readonly preloaded: Promise<void>
  private readonly channelPacks: Channels
  /** What evaluators that are made from now on mount at once. */
  private channel: ChannelPack | null = null
  /** What each evaluator has mounted. */
  private readonly mounted = new WeakMap<EvaluatorApi, ChannelPack>()
  private building: AbortController | null = null
  /** A build that an evaluation waits for. */
  private evaluationBuild: AbortController | null = null
  private onEvaluationEvent: ((event: EvaluationBuildEvent) => void) | null = null
  private readonly help: EditorHelp
  private readonly documented: DocumentationDesk
  /** The outputs of the last build, and what they were built from. */
  private results: { derivation: ByteString; path: ByteString }[] = []
  /** Times that `stop` was called. */
  private stops = 0

  constructor(private readonly parts: TabParts) {
    this.store = parts.store
    this.substituter = new Substituter(parts.store, parts.known, parts.backend)
    this.desk = new StoreDesk(parts.store)
    this.planner = new BuildPlanner(parts.store, parts.backend)
    this.files = new StoreFiles(parts.store.storeDir, (path) => this.contents(path))
    this.channelPacks = new Channels(parts.backend, parts.packs)
    this.documented = new DocumentationDesk(parts.backend, this.channelPacks)
    this.preloaded = this.preload()
    this.pool = new EvaluatorPool(
      () => parts.spawnEvaluator(),
      async (api, generation) => {
        await this.preloaded
        const { storeDir } = parts.store
        await api.start(
          { generation, storeDir, knownPaths: [...this.readable] },
          (path) => this.loadedContents(path),
          (needed, added) => this.buildForEvaluation(needed, added),
          (request, ttl) => this.fetchForEvaluation(request, ttl),
        )
        // Where this fails, the first task that wants the channel tells.
        await this.mount(api, this.channel).catch(() => undefined)
      },
    )
    parts.deletions?.listen((paths) => void this.forget(paths))
    this.help = new EditorHelp({
      spawn: () => parts.spawnEvaluator(),
      start: (api) => this.startHelp(api),
      wait: (milliseconds) => parts.wait(milliseconds),
    })
  }

  private async startHelp(api: EvaluatorApi): Promise<void> {
    await this.preloaded
    const { storeDir } = this.store
    const knownPaths = [...this.readable]
    await api.start({ generation: 0, storeDir, knownPaths }, async (path) => {
      // Nothing is downloaded because the pointer rests on a name.
      const info = await this.store.queryPathInfo(path)
      if (info !== null) {
        return { nar: await this.store.narFromPath(path), references: info.references }
      }
      throw new Error(`${path} is not in the store`)
    })
    const told = this.documented.documentation().then((documentation) => {
      return api.useDocumentation(documentation)
    })
    // Without it, or before it has come, less is told.
    await Promise.race([told.catch(() => undefined), this.parts.wait(documentationMilliseconds)])
  }

  evaluateQuickly(snippet: Snippet, request: number): Promise<Evaluation> {
    const mode = { budget: typingBudget }
    return this.evaluateWith(snippet, request, (api) => api.evaluate(snippet, request, mode), {
      replaceable: true,
      replaces: true,
    })
  }

  async evaluate(snippet: Snippet, request: number): Promise<Evaluation> {
    const mode = { budget: null }
    const task = (api: EvaluatorApi) => api.evaluate(snippet, request, mode)
    const evaluation = await this.evaluateWith(snippet, request, task, { replaces: true })
    const { notice } = this.parts
    if (notice !== null) evaluation.problems.push(storageProblem('warning', notice))
    return evaluation
  }

  private async evaluateWith(
    snippet: Snippet,
    request: number,
    task: (api: EvaluatorApi) => Promise<WithAdded<Evaluation>>,
    options: TaskOptions,
  ): Promise<Evaluation> {
    try {
      const { done, notes } = await this.runFor(snippet, task, options)
      const problem = await this.flushOrProblem(done.added)
      const more = problem === null ? notes : [...notes, problem]
      return { ...done.result, problems: [...done.result.problems, ...more] }
    } catch (error) {
      if (error instanceof ChannelError) return withoutChannel(request, error.message)
      throw error
    }
  }

  /**
   * Runs a task on an evaluator that has the snippet's channel. Gives what the person should know of
   * the channel, too.
   *
   * @throws ChannelError where the channel cannot be had, and what `EvaluatorPool.run` throws
   */
  private async runFor<T>(
    snippet: Snippet,
    task: (api: EvaluatorApi) => Promise<T>,
    options: TaskOptions = {},
  ): Promise<{ done: T; notes: Problem[] }> {
    const { stops } = this
    const found = await this.channelPacks.of(snippet)
    if (this.stops !== stops) throw new StoppedError()
    if (found === null) return { done: await this.pool.run(task, options), notes: [] }
    const { channel, notes } = found
    if (channel !== this.channel) {
      this.channel = channel
      // The spare reads it when the other has it: both at once would make the answer late.
      void this.parts.wait(spareMilliseconds).then(() => {
        if (this.channel === channel) this.pool.tell((api) => this.mount(api, channel))
      })
    }
    const done = await this.pool.run(async (api) => {
      await this.mount(api, channel)
      return task(api)
    }, options)
    await this.believe(channel)
    return { done, notes }
  }

  /** Waits until a channel is known to be what it says. Throws ChannelError where it is not. */
  private async believe(channel: ChannelPack): Promise<void> {
    try {
      await this.channelPacks.checked(channel)
    } catch (error) {
      // Evaluators have it mounted.
      if (this.channel === channel) {
        this.channel = null
        await this.pool.renew()
      }
      throw error
    }
  }

  private async mount(api: EvaluatorApi, channel: ChannelPack | null): Promise<void> {
    if (channel === null || this.mounted.get(api) === channel) return
    try {
      await api.useChannel(channel)
    } catch (error) {
      await this.channelPacks.forget(channel)
      throw new ChannelError(
        `the channel '${channel.name}' cannot be read here, evaluate again to download it afresh ` +
          `(${error instanceof Error ? error.message : String(error)})`,
      )
    }
    this.mounted.set(api, channel)
  }

  async onEvaluationBuild(callback: (event: EvaluationBuildEvent) => void): Promise<void> {
    this.onEvaluationEvent = callback
  }

  channels(): Promise<ChannelView[]> {
    return this.channelPacks.list()
  }

  documentation(): Promise<Documentation> {
    return this.documented.documentation()
  }

  collectionFile(file: string): Promise<string> {
    return this.documented.file(file)
  }

  async onChannelProgress(callback: (progress: ChannelProgress | null) => void): Promise<void> {
    this.channelPacks.onProgress(callback)
  }

  async stop(): Promise<void> {
    this.stops++
    this.channelPacks.stop(new StoppedError())
    this.building?.abort(new StoppedError())
    this.evaluationBuild?.abort(new StoppedError())
    this.pool.stop()
  }

  async expand(handle: Handle, offset: number, count: number): Promise<Expansion> {
    const { result, added } = await this.pool.run((api) => {
      if (handle.generation !== this.pool.generation) {
        throw new Error('this value is gone since the evaluation was stopped: evaluate again')
      }
      return api.expand(handle.id, offset, count)
    })
    await this.flush(added)
    return result
  }

  async check(snippet: Snippet, checkSource: string): Promise<CheckResult> {
    try {
      const { done } = await this.runFor(snippet, (api) => api.check(snippet, checkSource))
      await this.flush(done.added)
      return done.result
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error
      return { checks: [], problem: plainProblem('channel', error.message) }
    }
  }

  build(snippet: Snippet, onEvent: (event: BuildEvent) => void): Promise<BuildResult> {
    return this.whileBuilding((signal) => this.buildUntil(signal, snippet, onEvent))
  }

  plan(snippet: Snippet, onEvent: (event: BuildEvent) => void): Promise<BuildResult> {
    return this.whileBuilding(async (signal) => {
      const wanted = await this.instantiate(signal, snippet)
      if ('status' in wanted) return wanted
      const { store, planner } = this
      const { plan } = await makePlan({ wanted, store, planner, onEvent, signal })
      await this.explain(plan, snippet, onEvent)
      signal.throwIfAborted()
      return { status: 'planned' }
    })
  }

  private async whileBuilding(
    work: (signal: AbortSignal) => Promise<BuildResult>,
  ): Promise<BuildResult> {
    if (this.building !== null) throw new Error('a build is running: stop it first')
    const building = new AbortController()
    this.building = building
    try {
      return await work(building.signal)
    } catch (error) {
      if (building.signal.aborted || error instanceof StoppedError) return { status: 'stopped' }
      if (
        error instanceof BackendError ||
        error instanceof StoreError ||
        error instanceof ChannelError
      ) {
        return notBuildable(error.message)
      }
      throw error
    } finally {
      this.building = null
    }
  }

  /** What Build is to build, its derivations in the store; or why nothing can be built. */
  private async instantiate(
    signal: AbortSignal,
    snippet: Snippet,
  ): Promise<WantedOutput[] | BuildResult> {
    const { done } = await this.runFor(snippet, (api) => api.instantiate(snippet))
    const { result, added } = done
    signal.throwIfAborted()
    if ('reason' in result) return { status: 'not-buildable', ...result }
    await this.flush(added)
    const reason = reasonAgainst(await this.parts.backend.health(), this.store.storeDir)
    if (reason !== null) return notBuildable(reason)
    signal.throwIfAborted()
    return result.wanted
  }

  /** Tells why what a plan has is to be built. Where that cannot be found out, nothing is told. */
  private async explain(
    plan: BuildPlan,
    snippet: Snippet,
    onEvent: (event: BuildEvent) => void,
  ): Promise<void> {
    const none = { result: [], added: [] }
    const reasons = await this.planner.explain(plan, async (packages) => {
      if (wantedChannel(snippet) === null) return none
      const task = (api: EvaluatorApi) => api.instantiateChannel(snippet, packages)
      return (await this.runFor(snippet, task)).done
    })
    onEvent({ type: 'reasons', reasons: viewReasons(reasons) })
  }

  private async buildUntil(
    signal: AbortSignal,
    snippet: Snippet,
    onEvent: (event: BuildEvent) => void,
  ): Promise<BuildResult> {
    const wanted = await this.instantiate(signal, snippet)
    if ('status' in wanted) return wanted
    const { store, planner } = this
    const { backend, connect, wait } = this.parts
    let planned: BuildPlan | null = null
    const built = await runBuild({
      wanted,
      store,
      backend,
      planner,
      connect: () => connect(),
      onEvent,
      onPlan: (plan) => {
        planned = plan
        // The build does not wait to be explained.
        void this.explain(plan, snippet, onEvent).catch(() => undefined)
      },
      signal,
      wait: (milliseconds) => wait(milliseconds),
    })
    if (built.status === 'built') {
      if (planned !== null) planner.remember(planned)
      this.results = built.outputs.map(({ derivation, path }) => ({
        derivation: utf8ToByteString(derivation),
        path: utf8ToByteString(path),
      }))
      await this.keepResults()
      await this.learn(built.outputs.map(({ path }) => utf8ToByteString(path)))
    }
    return built
  }

  /** Fetches what an evaluator waits for; see FetchSource. */
  private async fetchForEvaluation(request: FetchRequest, ttl: number): Promise<Fetched> {
    const what = request.kind === 'path' ? request.path : request.url
    const tell = (event: EvaluationBuildEvent) => this.onEvaluationEvent?.(event)
    tell({ type: 'begin', doing: 'fetching', what: byteStringToUtf8(what) })
    try {
      if (request.kind === 'mercurial' || request.kind === 'path') {
        throw new BackendError(
          `'${byteStringToUtf8(what)}' is a Mercurial repository, which cannot be fetched from a ` +
            'tab: fetch an archive of it (fetchTarball)',
        )
      }
      return await this.parts.backend.fetch(request, ttl)
    } finally {
      tell({ type: 'end' })
    }
  }

  /** Builds what an evaluator waits for; see BuildOutputs. */
  private async buildForEvaluation(
    needed: readonly NeededOutput[],
    added: StoreEntry[],
  ): Promise<ByteString[]> {
    const { backend, connect, wait } = this.parts
    const { store } = this
    await this.flush(added)
    const reason = reasonAgainst(await backend.health(), store.storeDir)
    if (reason !== null) {
      throw new BackendError(`evaluation needs ${namesOf(needed)} to be built, but ${reason}`)
    }
    const stop = new AbortController()
    this.evaluationBuild = stop
    const tell = (event: EvaluationBuildEvent) => this.onEvaluationEvent?.(event)
    tell({ type: 'begin', doing: 'building', what: namesOf(needed) })
    try {
      const built = await runBuild({
        wanted: needed,
        store,
        backend,
        planner: this.planner,
        connect: () => connect(),
        onEvent: tell,
        signal: stop.signal,
        wait: (milliseconds) => wait(milliseconds),
      })
      if (built.status === 'failed') throw new BackendError(built.failure.message)
      if (built.status !== 'built') throw new StoppedError()
      const paths = needed.map(({ derivation, output }) => {
        const drvPath = byteStringToUtf8(derivation)
        const found = built.outputs.find(
          (one) => one.derivation === drvPath && one.output === output,
        )
        if (found === undefined) throw new BackendError(`the backend has not built '${drvPath}'`)
        return utf8ToByteString(found.path)
      })
      await this.learn(paths)
      return paths
    } finally {
      this.evaluationBuild = null
      tell({ type: 'end' })
    }
  }

  async derivation(path: string): Promise<DerivationView | null> {
    const bytes = utf8ToByteString(path)
    if (!bytes.endsWith('.drv') || (await this.store.queryPathInfo(bytes)) === null) return null
    return viewDerivation(this.store.storeDir, bytes, readNar(await this.store.narFromPath(bytes)))
  }

  async paths(): Promise<PathView[]> {
    const views = new Map<ByteString, PathView>()
    for (const info of await this.parts.known.all()) views.set(info.path, viewPath(info, 'known'))
    for (const info of await this.store.allPathInfos())
      views.set(info.path, viewPath(info, 'valid'))
    return [...views.values()]
  }

  async pathInfo(path: string): Promise<PathView | null> {
    const bytes = utf8ToByteString(path)
    const valid = await this.store.queryPathInfo(bytes)
    if (valid !== null) return viewPath(valid, 'valid')
    const known = await this.parts.known.query(bytes)
    return known === null ? null : viewPath(known, 'known')
  }

  listFiles(path: string, inside: string): Promise<StoreFile[]> {
    return this.files.list(path, inside)
  }

  readFile(path: string, inside: string): Promise<{ bytes: Uint8Array; size: number }> {
    return this.files.read(path, inside)
  }

  pathDetails(path: string): Promise<PathDetails | null> {
    return this.desk.details(path)
  }

  roots(): Promise<RootView[]> {
    return this.desk.roots()
  }

  keepPath(path: string, keep: boolean): Promise<void> {
    return this.desk.keep(path, keep)
  }

  removeRoot(name: string): Promise<void> {
    return this.desk.removeRoot(name)
  }

  previewGarbage(): Promise<GarbageView> {
    return this.desk.previewGarbage()
  }

  async collectGarbage(): Promise<CollectedView> {
    if (this.building !== null) throw new Error('a build is running: wait for it, or stop it')
    const collected = await this.desk.collectGarbage()
    const deleted = collected.deleted.map(utf8ToByteString)
    this.parts.deletions?.tell(deleted)
    await this.forget(deleted)
    return collected
  }

  whyDepends(from: string, to: string): Promise<DependencyStepView[] | null> {
    return this.desk.whyDepends(from, to)
  }

  verifyStore(): Promise<DamageView[]> {
    return this.desk.verify()
  }

  complete(text: string, position: TextPosition, channel: string): Promise<Completions | null> {
    return this.help.complete(text, position, channel)
  }

  hover(snippet: Snippet, file: string, position: TextPosition): Promise<Hover | null> {
    return this.help.hover(snippet, file, position)
  }

  findDefinition(text: string, position: TextPosition): Promise<TextSpan | null> {
    return this.help.findDefinition(text, position)
  }

  outline(text: string): Promise<OutlineSymbol[]> {
    return this.help.outline(text)
  }

  health(): Promise<Health | null> {
    return this.parts.backend.health()
  }

  private async preload(): Promise<void> {
    for (const path of await this.store.allValidPaths()) this.readable.add(path)
    for (const { path } of await this.parts.known.all()) this.readable.add(path)
  }

  /** The NAR of a path, which becomes valid if it was only known. */
  private async contents(path: ByteString): Promise<Uint8Array> {
    const channel = await this.channelPacks.entry(path)
    if (channel !== null) return channel.nar
    if ((await this.store.queryPathInfo(path)) === null) {
      if ((await this.parts.known.query(path)) === null) await this.learn([path])
      await this.substituter.substitute(path)
      if (this.results.some((result) => result.path === path)) await this.keepResults()
    }
    return this.store.narFromPath(path)
  }

  /** What was built last is kept: its outputs where they are here, else their derivations. */
  private async keepResults(): Promise<void> {
    const here = await this.store.queryValidPaths(this.results.map(({ path }) => path))
    const kept = this.results.map(({ derivation, path }) => (here.has(path) ? path : derivation))
    await this.desk.keepResults([...new Set(kept)])
  }

  /** The same with what the path refers to. */
  private async loadedContents(path: ByteString): Promise<LoadedContents> {
    const nar = await this.contents(path)
    const info = await this.store.queryPathInfo(path)
    return { nar, references: info?.references ?? [] }
  }

  private async learn(paths: readonly ByteString[]): Promise<void> {
    this.addReadable(await this.substituter.learn(paths))
  }

  private async flush(added: readonly StoreEntry[]): Promise<void> {
    if (added.length === 0) return
    await this.substituteReferences(added)
    await this.store.add(added)
    this.addReadable(added.map(({ info }) => info.path))
  }

  /** Evaluation may refer to paths that are only known; a valid path refers to valid ones. */
  private async substituteReferences(added: readonly StoreEntry[]): Promise<void> {
    const own = new Set(added.map(({ info }) => info.path))
    const outside = new Set(added.flatMap(({ info }) => info.references))
    for (const path of own) outside.delete(path)
    const valid = await this.store.queryValidPaths([...outside])
    for (const path of outside) {
      if (valid.has(path)) continue
      const channel = await this.channelPacks.entry(path)
      if (channel === null) await this.substituter.substitute(path)
      else await this.store.add([channel])
    }
  }

  /** A value can be shown even if the store is full; that its paths are not there is a problem. */
  private async flushOrProblem(added: readonly StoreEntry[]): Promise<Problem | null> {
    try {
      await this.flush(added)
      return null
    } catch (error) {
      if (!(error instanceof StoreError || error instanceof BackendError)) throw error
      return storageProblem('error', error.message)
    }
  }

  /** What evaluators remember of paths that are gone would be wrong: new ones take their place. */
  private async forget(paths: readonly ByteString[]): Promise<void> {
    if (paths.length === 0) return
    for (const path of paths) this.readable.delete(path)
    for (const { path } of await this.parts.known.all()) this.readable.add(path)
    await this.pool.renew()
  }

  private addReadable(paths: readonly ByteString[]): void {
    const fresh = paths.filter((path) => !this.readable.has(path))
    if (fresh.length === 0) return
    for (const path of fresh) this.readable.add(path)
    this.pool.addKnown(fresh)
    this.help.addKnown(fresh)
  }
}

/** Why this backend cannot build for this tab, or null. */
function reasonAgainst(health: Health | null, storeDir: ByteString): string | null {
  if (health === null) return 'no backend answers, so nothing can be built'
  if (!health.sandbox.available) {
    return health.sandbox.reason ?? 'the backend has no sandbox to build in'
  }
  if (utf8ToByteString(health.storeDir) !== storeDir) {
    return `the backend's store is ${health.storeDir}, but paths here are in ${storeDir}`
  }
  return null
}

function withoutChannel(request: number, reason: string): Evaluation {
  return {
    request,
    value: null,
    problems: [plainProblem('channel', reason)],
    budgetExhausted: false,
    milliseconds: 0,
    buildable: { reason: `Evaluation fails: ${reason}` },
  }
}

function notBuildable(reason: string): BuildResult {
  return { status: 'not-buildable', problems: [], reason }
}

function storageProblem(severity: 'error' | 'warning', message: string): Problem {
  return { ...plainProblem('store', message), severity, text: `${severity}: ${message}` }
}

function viewPath(info: PathInfo, state: PathView['state']): PathView {
  return {
    path: byteStringToUtf8(info.path),
    narHash: formatNarHash(info.narHash),
    narSize: info.narSize,
    references: info.references.map(byteStringToUtf8),
    deriver: info.deriver === null ? null : byteStringToUtf8(info.deriver),
    state,
  }
}
