import { byteStringToUtf8, utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { checkSnippet, type Snippet } from '@snowglobe/shared/snippet'
import { findDerivations } from '../commands/find-derivations'
import { AttributeSet } from '../evaluator/attribute-set'
import { builtinDocumentation } from '../evaluator/builtin-documentation'
import { BudgetExhausted, NixError } from '../evaluator/errors'
import { Awaited } from '../evaluator/awaited'
import { awaitedFetches } from '../evaluator/awaited-fetches'
import { HostError, type Host } from '../evaluator/host'
import { printString } from '../language/print-tree'
import { sharedTrees } from '../language/tree-cache'
import { force } from '../evaluator/thunk'
import type { Slot, Value } from '../evaluator/values'
import { MemoryAccessor } from '../store/memory-accessor'
import type { Mount } from '../store/mount-accessor'
import { PreloadedStore } from '../store/preloaded-store'
import type {
  Completions,
  Hover,
  OutlineSymbol,
  TextPosition,
  TextSpan,
} from '../intelligence/answers'
import { complete } from '../intelligence/complete'
import type { Documentation } from '../intelligence/documentation'
import { documentedNames } from '../intelligence/documented-names'
import { findDefinition, hover } from '../intelligence/hover'
import { outline } from '../intelligence/outline'
import { Resolver } from '../intelligence/resolve'
import { valueAt } from '../intelligence/value-at'
import type { CheckResult, Evaluation, Expansion, Handle, Problem, ValueView } from './api'
import { buildableAtSight } from './buildable'
import { findInChannel } from './find-in-channel'
import { EvaluationSession, Surroundings } from './evaluation-session'
import type {
  BuildOutputs,
  ChannelPack,
  EvaluationMode,
  EvaluatorApi,
  FetchSource,
  Instantiation,
  LoadContents,
  WantedOutput,
  WithAdded,
} from './evaluator-protocol'
import { mountPack, packBytes } from './mount-pack'
import { readChecks } from './lesson-check'
import { MissingOutputs, namesOf } from './missing-outputs'
import { plainProblem } from './plain-problem'
import { isKnownDerivation, viewChildren, viewSlot } from './value-view'
import { starterChannel, wantedChannel } from './wanted-channel'
import { workspaceSettings } from './workspace-settings'

/** Evaluations whose values can still be opened: the page may show an older one for a while. */
const keptSessions = 3
/** Calls that finding out what Build would build may take: it must not hold up the answer. */
const planBudget = 1_000_000
/** Calls that may go into what a build is compared with. */
const comparisonBudget = 10_000_000
/** Calls of a lesson's check. */
const checkBudget = 5_000_000
/** Calls that the value of a name under the pointer may take. */
const hoverBudget = 100_000
const resolver = new Resolver(builtinDocumentation)
const lessonDirectory = '/lesson'

/**
 * An evaluator: takes snippets, evaluates them, and keeps the values that the page may open. It does
 * one thing at a time; its caller sees to that.
 */
export class EvaluatorEndpoint implements EvaluatorApi {
  private generation = 0
  private preloaded = new PreloadedStore('')
  private loadContents: LoadContents = () => Promise.reject(new Error('not started'))
  private buildOutputs: BuildOutputs | null = null
  private fetch: NonNullable<Host['fetch']> | null = null
  /** The newest last. */
  private sessions: EvaluationSession[] = []
  private lastHandle = 0
  /** Knows what is told of the starter collection, once that is here. */
  private collectionResolver = resolver
  /** Knows what other collections have as well. */
  private libResolver = resolver
  private channel: { name: string; mount: Mount } | null = null
  /** Those of what is evaluated as the person types. */
  private surroundings: Surroundings | null = null

  async start(
    options: { generation: number; storeDir: ByteString; knownPaths: ByteString[] },
    load: LoadContents,
    build?: BuildOutputs,
    fetch?: FetchSource,
  ): Promise<void> {
    this.generation = options.generation
    this.preloaded = new PreloadedStore(options.storeDir)
    this.preloaded.addKnown(options.knownPaths)
    this.loadContents = load
    this.buildOutputs = build ?? null
    if (fetch !== undefined) this.fetch = awaitedFetches(toldFetches(fetch))
    // The first evaluator is needed at once: what the person has written warms it up as well.
    if (options.generation > 1) await this.warmUp()
  }

  async addKnown(paths: ByteString[]): Promise<void> {
    this.preloaded.addKnown(paths)
  }

  async useChannel(given: ChannelPack): Promise<void> {
    const { name, storePath } = given
    if (this.channel?.name === name && this.channel.mount.at === storePath) return
    // The one before need not be held while this one is read: both may be large.
    this.channel = null
    this.surroundings = null
    sharedTrees.clear()
    const mount = mountPack(await packBytes(given), storePath)
    this.preloaded.addKnown([storePath])
    this.preloaded.addReferences(storePath, [])
    this.channel = { name, mount }
  }

  async evaluate(
    snippet: Snippet,
    request: number,
    { budget }: EvaluationMode,
  ): Promise<WithAdded<Evaluation>> {
    const begin = performance.now()
    const result: Evaluation = {
      request,
      value: null,
      problems: [],
      budgetExhausted: false,
      milliseconds: 0,
      buildable: null,
    }
    const session = this.open(snippet, result.problems, [], budget !== null)
    if (session === null) {
      return { result: { ...result, buildable: evaluationFails(result.problems) }, added: [] }
    }
    session.evaluator.setBudget(budget)
    try {
      const mayBuild = budget === null
      const value = await this.run(session, () => evaluateEntry(session), mayBuild)
      if (budget === null && isKnownDerivation(value)) await this.instantiateRoot(session, value)
      result.value = this.view(session, value)
      result.buildable = buildableAtSight(value)
    } catch (error) {
      if (error instanceof BudgetExhausted) result.budgetExhausted = true
      else if (isWaiting(error)) result.problems.push(waitNeeded(error))
      else {
        result.problems.push(...session.problemsOf(error))
        result.buildable = evaluationFails(result.problems)
      }
    }
    if (result.value !== null) this.keep(session)
    result.problems.push(...session.takeMessages())
    const added = mustBeStored(result, session, budget) ? session.host.store.takeAdded() : []
    if (budget === null && result.value !== null && result.buildable === null) {
      const plan = await this.plan(snippet)
      result.buildable = plan.result
      added.push(...plan.added)
    }
    return { result: { ...result, milliseconds: performance.now() - begin }, added }
  }

  async expand(id: number, offset: number, count: number): Promise<WithAdded<Expansion>> {
    const session = this.sessions.find(({ handles }) => handles.has(id))
    if (session === undefined) {
      throw new Error('this value is of an older evaluation: evaluate again')
    }
    const slot = session.handles.get(id) as Slot
    session.evaluator.setBudget(null)
    try {
      const forced = await this.run(
        session,
        () => {
          const value = force(slot)
          // Derivations are shown as such once they are opened.
          if (value instanceof AttributeSet && value.has('type')) force(value.get('type') as Slot)
          return value
        },
        true,
      )
      const makeHandle = this.handleMaker(session)
      const result = session.evaluator.run(() => ({
        value: viewSlot(forced, makeHandle),
        children: viewChildren(forced, offset, count, makeHandle),
      }))
      const messages = session.takeMessages()
      return { result: { ...result, messages }, added: session.host.store.takeAdded() }
    } catch (error) {
      const [problem] = session.problemsOf(error)
      const value: ValueView = {
        kind: 'error',
        summary: `«error: ${problem.message.split('\n')[0]}»`,
        size: 0,
        handle: null,
        problem,
      }
      const result = { value, children: [], messages: session.takeMessages() }
      return { result, added: session.host.store.takeAdded() }
    }
  }

  async instantiate(snippet: Snippet): Promise<WithAdded<Instantiation>> {
    const problems: Problem[] = []
    const session = this.open(snippet, problems)
    if (session === null) return { result: { problems, reason: problems[0].message }, added: [] }
    try {
      const find = () =>
        findDerivations(session.evaluator, evaluateEntry(session), AttributeSet.empty)
      const found = await this.run(session, find, true)
      const wanted: WantedOutput[] = found.map(({ drvPath, outputName }) => {
        return { derivation: drvPath, output: outputName }
      })
      const result: Instantiation =
        wanted.length > 0
          ? { wanted }
          : { problems: session.takeMessages(), reason: 'There is no derivation in the value.' }
      return { result, added: session.host.store.takeAdded() }
    } catch (error) {
      const failures = session.problemsOf(error)
      const result = {
        problems: [...failures, ...session.takeMessages()],
        reason: failures[0].message,
      }
      return { result, added: [] }
    }
  }

  async instantiateChannel(
    snippet: Snippet,
    packages: readonly ByteString[],
  ): Promise<WithAdded<[ByteString, ByteString][]>> {
    const session = this.open(snippet, [])
    if (session === null) return { result: [], added: [] }
    session.evaluator.setBudget(comparisonBudget)
    const found = new Map<ByteString, ByteString>()
    try {
      await this.run(session, () => findInChannel(session.evaluator, packages, found))
    } catch (error) {
      // What was found until then is of use all the same.
      const isExpected = error instanceof NixError || error instanceof BudgetExhausted
      if (!isExpected && !isWaiting(error)) throw error
    }
    return { result: [...found], added: session.host.store.takeAdded() }
  }

  async check(snippet: Snippet, checkSource: string): Promise<WithAdded<CheckResult>> {
    const problems: Problem[] = []
    const check = new MemoryAccessor([
      { path: 'check.nix', contents: utf8ToByteString(checkSource) },
    ])
    const session = this.open(snippet, problems, [{ at: lessonDirectory, files: check }])
    if (session === null) return { result: { checks: [], problem: problems[0] }, added: [] }
    session.evaluator.setBudget(checkBudget)
    const result: CheckResult = { checks: [], problem: null }
    try {
      const list = await this.run(session, () =>
        session.evaluator.evaluateString(callCheck(session, snippet), { kind: 'string' }, '/'),
      )
      await readChecks(list, result.checks, (work) => this.run(session, work))
    } catch (error) {
      result.problem =
        error instanceof BudgetExhausted
          ? plainProblem('budget', 'checking takes too long: is there an endless recursion?')
          : isWaiting(error)
            ? waitNeeded(error)
            : session.problemsOf(error)[0]
    }
    return { result, added: [] }
  }

  async useDocumentation(documentation: Documentation): Promise<void> {
    this.collectionResolver = new Resolver(
      builtinDocumentation,
      documentedNames(documentation, 'collection'),
    )
    this.libResolver = new Resolver(builtinDocumentation, documentedNames(documentation, 'lib'))
  }

  async complete(
    text: string,
    position: TextPosition,
    channel: string,
  ): Promise<Completions | null> {
    return complete(text, position, this.resolverOf(channel))
  }

  async hover(text: string, position: TextPosition, channel: string): Promise<Hover | null> {
    return hover(text, position, this.resolverOf(channel))
  }

  async findDefinition(text: string, position: TextPosition): Promise<TextSpan | null> {
    return findDefinition(text, position, resolver)
  }

  async outline(text: string): Promise<OutlineSymbol[]> {
    return outline(text)
  }

  async valueAt(snippet: Snippet, file: string, position: TextPosition): Promise<string | null> {
    const text = snippet.files.find(({ path }) => path === file)?.text
    const session = text === undefined ? null : this.open(snippet, [], [], true)
    if (text === undefined || session === null) return null
    session.evaluator.setBudget(hoverBudget)
    const path = `${session.host.directory}/${utf8ToByteString(file)}`
    try {
      const value = await this.run(session, () => {
        return valueAt(session.evaluator, path, text, position)
      })
      return value === null ? null : byteStringToUtf8(value)
    } catch (error) {
      if (error instanceof BudgetExhausted || isWaiting(error)) return null
      throw error
    }
  }

  private resolverOf(channel: string): Resolver {
    if (channel === 'none') return resolver
    return channel === starterChannel ? this.collectionResolver : this.libResolver
  }

  /** Runs what every evaluation needs once, so that the first does not pay for it. */
  private async warmUp(): Promise<void> {
    const session = this.open(
      {
        name: 'warm-up',
        files: [
          {
            path: 'default.nix',
            text: 'derivation { name = "a"; system = "b"; builder = "c"; args = map toString [ 1 ]; }',
          },
        ],
        entry: 'default.nix',
        system: 'x86_64-linux',
        channel: 'none',
      },
      [],
    )
    if (session === null) return
    await this.run(session, () =>
      findDerivations(session.evaluator, evaluateEntry(session), AttributeSet.empty),
    )
  }

  /**
   * A new session, or null with the problem that the snippet itself has. Of passing ones, each goes on
   * from what the ones before know of files in the store.
   */
  private open(
    snippet: Snippet,
    problems: Problem[],
    mounts: readonly Mount[] = [],
    passing = false,
  ): EvaluationSession | null {
    this.preloaded.retry()
    try {
      checkSnippet(snippet)
      problems.push(...workspaceSettings(snippet).problems)
      if (!passing) return new EvaluationSession(snippet, this.surround(snippet, mounts, false))
      if (this.surroundings?.serve(snippet) !== true) {
        this.surroundings = this.surround(snippet, mounts, true)
      }
      return new EvaluationSession(snippet, this.surroundings)
    } catch (error) {
      problems.push(plainProblem('snippet', error instanceof Error ? error.message : String(error)))
      return null
    }
  }

  private surround(snippet: Snippet, mounts: readonly Mount[], keepsValues: boolean): Surroundings {
    const wanted = wantedChannel(snippet)
    const channel = wanted === null ? null : this.channel
    if (wanted !== null && channel?.name !== wanted) {
      throw new Error(`the channel '${wanted}' is not here: choose another one`)
    }
    const mounted = channel === null ? mounts : [...mounts, channel.mount]
    const nixPath = channel === null ? [] : [{ prefix: 'nixpkgs', path: channel.mount.at }]
    return new Surroundings(snippet, this.preloaded, mounted, nixPath, keepsValues, this.fetch)
  }

  private keep(session: EvaluationSession): void {
    this.sessions.push(session)
    if (this.sessions.length > keptSessions) this.sessions.shift()
  }

  /** Runs work of a session; what it reads of derivations' outputs is built only if it may be. */
  private run<T>(session: EvaluationSession, work: () => T, mayBuild = false): Promise<T> {
    const load = async (path: ByteString) => {
      try {
        const { nar, references } = await this.loadContents(path)
        this.preloaded.provide(path, nar, references)
      } catch (error) {
        this.preloaded.refuse(path, messageOf(error))
      }
    }
    const { buildOutputs } = this
    const build = async ({ needed }: MissingOutputs) => {
      try {
        const paths = await buildOutputs!(needed, session.host.store.takeAdded())
        this.preloaded.addKnown(paths)
        session.host.provideOutputs(needed, paths)
      } catch (error) {
        session.host.provideOutputs(needed, new HostError(utf8ToByteString(messageOf(error))))
      }
    }
    return session.run(work, load, mayBuild && buildOutputs !== null ? build : null)
  }

  private handleMaker(session: EvaluationSession): (slot: Slot) => Handle {
    return (slot) => {
      const id = ++this.lastHandle
      session.handles.set(id, slot)
      return { generation: this.generation, id }
    }
  }

  private view(session: EvaluationSession, value: Value): ValueView {
    return session.evaluator.run(() => viewSlot(value, this.handleMaker(session)))
  }

  /** Writes the derivation that a full evaluation gives, as nix-instantiate does. */
  private async instantiateRoot(session: EvaluationSession, value: AttributeSet): Promise<void> {
    const drvPath = value.get('drvPath')
    if (drvPath !== undefined) await this.run(session, () => force(drvPath), true)
  }

  /**
   * Counts the derivations of a value, and gives them to be stored. In a session of its own: what
   * the person has not opened stays unforced, and what is traced meanwhile is not told.
   */
  private async plan(snippet: Snippet): Promise<WithAdded<Evaluation['buildable']>> {
    const session = this.open(snippet, [])
    if (session === null) return { result: null, added: [] }
    session.evaluator.setBudget(planBudget)
    try {
      const found = await this.run(session, () =>
        findDerivations(session.evaluator, evaluateEntry(session), AttributeSet.empty),
      )
      const result =
        found.length > 0
          ? { derivations: new Set(found.map(({ drvPath }) => drvPath)).size }
          : { reason: 'There is no derivation in the value.' }
      return { result, added: session.host.store.takeAdded() }
    } catch (error) {
      if (!(error instanceof NixError)) return { result: null, added: [] }
      return { result: { reason: byteStringToUtf8(error.text) }, added: [] }
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Failures of the coordinator as those of a host. */
function toldFetches(fetch: FetchSource): FetchSource {
  return (request, ttl) =>
    fetch(request, ttl).catch((error: unknown) => {
      throw new HostError(utf8ToByteString(messageOf(error)))
    })
}

/** Whether an evaluation was ended by what it would have to wait for. */
function isWaiting(error: unknown): error is MissingOutputs | Awaited {
  return error instanceof MissingOutputs || error instanceof Awaited
}

/** What is told where nothing is built or fetched: as the person types, and in lessons' checks. */
function waitNeeded(waiting: MissingOutputs | Awaited): Problem {
  const [code, why] =
    waiting instanceof MissingOutputs
      ? ['build-needed', `reads what ${namesOf(waiting.needed)} gives, so that is built first`]
      : ['fetch-needed', `needs ${waiting.what}, which is fetched first`]
  const message = `evaluation ${why}: press Ctrl+Enter`
  return { ...plainProblem(code, message), severity: 'info', text: message }
}

function evaluateEntry({ evaluator, host }: EvaluationSession): Value {
  const value = evaluator.evaluateFile(host.entry)
  // What a derivation is shows in its type, which is a literal in all of them.
  if (value instanceof AttributeSet && value.has('type')) {
    const type = value.get('type') as Slot
    try {
      force(type)
    } catch (error) {
      if (!(error instanceof NixError)) throw error
    }
  }
  return value
}

function evaluationFails(problems: readonly Problem[]): Evaluation['buildable'] {
  const error = problems.find(({ severity }) => severity === 'error')
  return error === undefined
    ? null
    : { reason: `Evaluation fails: ${error.message.split('\n')[0]}` }
}

/**
 * Whether what was added has to reach the store: always after a full evaluation; as the person types
 * only if the answer names a path, for else every keystroke would leave something behind.
 */
function mustBeStored(
  { value }: Evaluation,
  { host }: EvaluationSession,
  budget: number | null,
): boolean {
  if (!host.store.hasAdded) return false
  return budget === null || value?.summary.includes(`${host.store.storeDir}/`) === true
}

/** The expression that calls a lesson's check: the snippet's value stays unevaluated in it. */
function callCheck({ host }: EvaluationSession, { files }: Snippet): ByteString {
  const path = (text: ByteString) => `(/. + ${printString(text)})`
  const attributes = files.map(({ path: name }) => {
    const bytes = utf8ToByteString(name)
    return `${printString(bytes)} = builtins.readFile ${path(`${host.directory}/${bytes}`)};`
  })
  return (
    `import ${path(`${lessonDirectory}/check.nix`)} { ` +
    `value = import ${path(host.entry)}; files = { ${attributes.join(' ')} }; }`
  )
}
