import { utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import type { Health } from '@snowglobe/shared/messages'
import { readNar } from '@snowglobe/shared/nar'
import type { Snippet } from '@snowglobe/shared/snippet'
import { orderedStore } from '../store/ordered-store'
import type { Store, StoreEntry } from '../store/store'
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
  ClosureComparison,
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
import type { BackendClient } from './backend-client'
import { BuildDesk } from './build-desk'
import { BuildPlanner } from './build-planner'
import type { Socket } from './build-watch'
import { ChannelEvaluators } from './channel-evaluators'
import { ChannelError, Channels } from './channels'
import { viewDerivation } from './derivation-view'
import { DocumentationDesk } from './documentation-desk'
import { EditorHelp } from './editor-help'
import { EvaluationWaits } from './evaluation-waits'
import type { TaskOptions } from './evaluator-pool'
import type { EvaluatorApi, EvaluatorConnection, WithAdded } from './evaluator-protocol'
import type { KnownPaths } from './known-paths'
import type { PackCache } from './pack-cache'
import { plainProblem } from './plain-problem'
import { StoreDesk } from './store-desk'
import { StoreFiles } from './store-files'
import { storageProblem, TabContents } from './tab-contents'

/** Function calls that an evaluation may make as the person types: some tenths of a second. */
const typingBudget = 300_000

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
  private readonly channelPacks: Channels
  private readonly contents: TabContents
  private readonly evaluators: ChannelEvaluators
  private readonly waits: EvaluationWaits
  private readonly builds: BuildDesk
  private readonly files: StoreFiles
  private readonly desk: StoreDesk
  private readonly help: EditorHelp
  private readonly documented: DocumentationDesk
  /** Of requests whose answers were given: how adding what they have evaluated goes, until that is told. */
  private readonly adding = new Map<number, Promise<Problem | null>>()

  constructor(private readonly parts: TabParts) {
    const { known, backend } = parts
    // The only way to the tab's store: who reads it misses nothing that an answer has named.
    const store = orderedStore(parts.store)
    const connect = () => parts.connect()
    const wait = (milliseconds: number) => parts.wait(milliseconds)
    const planner = new BuildPlanner(store, backend)
    this.store = store
    this.desk = new StoreDesk(store, known)
    this.channelPacks = new Channels(backend, parts.packs)
    this.documented = new DocumentationDesk(backend, this.channelPacks)
    this.contents = new TabContents({
      store,
      known,
      backend,
      channels: this.channelPacks,
      desk: this.desk,
      onReadable: (paths) => {
        this.evaluators.pool.addKnown(paths)
        this.help.addKnown(paths)
      },
    })
    const { contents } = this
    this.files = new StoreFiles(store.storeDir, (path) => contents.contents(path))
    this.waits = new EvaluationWaits({ store, backend, planner, contents, connect, wait })
    this.evaluators = new ChannelEvaluators({
      channels: this.channelPacks,
      spawn: () => parts.spawnEvaluator(),
      start: (api, generation) => this.startEvaluator(api, generation),
      wait,
    })
    const { evaluators } = this
    this.builds = new BuildDesk({ store, backend, planner, contents, evaluators, connect, wait })
    parts.deletions?.listen((paths) => void this.forget(paths))
    this.help = new EditorHelp({
      spawn: () => parts.spawnEvaluator(),
      start: (api) => this.startHelp(api),
      wait,
    })
  }

  private async startEvaluator(api: EvaluatorApi, generation: number): Promise<void> {
    const { contents, waits } = this
    await api.start(
      { generation, storeDir: this.store.storeDir, knownPaths: await contents.readable() },
      (path) => contents.loadedContents(path),
      (needed, added) => waits.build(needed, added),
      (request, ttl) => waits.fetch(request, ttl),
    )
  }

  private async startHelp(api: EvaluatorApi): Promise<void> {
    const { contents } = this
    const knownPaths = await contents.readable()
    await api.start({ generation: 0, storeDir: this.store.storeDir, knownPaths }, (path) => {
      // Nothing is downloaded because the pointer rests on a name.
      return contents.contentsHere(path)
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
      const { done, notes } = await this.evaluators.run(snippet, task, options)
      const evaluation = { ...done.result, problems: [...done.result.problems, ...notes] }
      if (done.added.length === 0) return evaluation
      await this.beginAdding(request, done.added)
      return { ...evaluation, isBeingStored: true }
    } catch (error) {
      if (error instanceof ChannelError) return withoutChannel(request, error.message)
      throw error
    }
  }

  /** What was evaluated is added behind the answer, which need not wait for the browser's disk. */
  private async beginAdding(request: number, added: readonly StoreEntry[]): Promise<void> {
    const { problem } = await this.contents.beginAdding(added)
    this.adding.set(request, problem)
    const forget = (found: Problem | null) => found === null && this.adding.delete(request)
    problem.then(forget, () => undefined)
  }

  async storageProblem(request: number): Promise<Problem | null> {
    const problem = this.adding.get(request)
    this.adding.delete(request)
    return (await problem) ?? null
  }

  async onEvaluationBuild(callback: (event: EvaluationBuildEvent) => void): Promise<void> {
    this.waits.listen(callback)
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
    this.builds.stop()
    this.waits.stop()
    this.evaluators.stop()
  }

  async expand(handle: Handle, offset: number, count: number): Promise<Expansion> {
    const { pool } = this.evaluators
    const { result, added } = await pool.run((api) => {
      if (handle.generation !== pool.generation) {
        throw new Error('this value is gone since the evaluation was stopped: evaluate again')
      }
      return api.expand(handle.id, offset, count)
    })
    await this.contents.add(added)
    return result
  }

  async check(snippet: Snippet, checkSource: string): Promise<CheckResult> {
    try {
      const { done } = await this.evaluators.run(snippet, (api) => api.check(snippet, checkSource))
      await this.contents.add(done.added)
      return done.result
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error
      return { checks: [], problem: plainProblem('channel', error.message) }
    }
  }

  build(snippet: Snippet, onEvent: (event: BuildEvent) => void): Promise<BuildResult> {
    return this.builds.build(snippet, onEvent)
  }

  plan(snippet: Snippet, onEvent: (event: BuildEvent) => void): Promise<BuildResult> {
    return this.builds.plan(snippet, onEvent)
  }

  async derivation(path: string): Promise<DerivationView | null> {
    const bytes = utf8ToByteString(path)
    if (!bytes.endsWith('.drv') || (await this.store.queryPathInfo(bytes)) === null) return null
    return viewDerivation(this.store.storeDir, bytes, readNar(await this.store.narFromPath(bytes)))
  }

  paths(): Promise<PathView[]> {
    return this.contents.paths()
  }

  pathInfo(path: string): Promise<PathView | null> {
    return this.contents.pathInfo(path)
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
    if (this.builds.isBuilding) throw new Error('a build is running: wait for it, or stop it')
    const collected = await this.desk.collectGarbage()
    const deleted = collected.deleted.map(utf8ToByteString)
    this.parts.deletions?.tell(deleted)
    await this.forget(deleted)
    return collected
  }

  whyDepends(from: string, to: string): Promise<DependencyStepView[] | null> {
    return this.desk.whyDepends(from, to)
  }

  compareClosures(before: string, after: string): Promise<ClosureComparison> {
    return this.desk.compare(before, after)
  }

  repairPath(path: string): Promise<void> {
    return this.contents.repair(utf8ToByteString(path))
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

  /** What evaluators remember of paths that are gone would be wrong: new ones take their place. */
  private async forget(paths: readonly ByteString[]): Promise<void> {
    if (paths.length === 0) return
    await this.contents.forget(paths)
    await this.evaluators.pool.renew()
  }
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
