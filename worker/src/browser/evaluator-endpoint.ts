import { byteStringToUtf8, utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import type { Snippet } from '@snowglobe/shared/snippet'
import { transfer } from 'comlink'
import { findDerivations } from '../commands/find-derivations'
import { AttributeSet } from '../evaluator/attribute-set'
import { BudgetExhausted, NixError } from '../evaluator/errors'
import { force } from '../evaluator/thunk'
import type { Slot, Value } from '../evaluator/values'
import type {
  Completions,
  Hover,
  OutlineSymbol,
  TextPosition,
  TextSpan,
} from '../intelligence/answers'
import type { Documentation } from '../intelligence/documentation'
import { valueAt } from '../intelligence/value-at'
import type { StoreEntry } from '../store/store'
import type { CheckResult, Evaluation, Expansion, Handle, Problem, ValueView } from './api'
import { buildableAtSight } from './buildable'
import { findInChannel } from './find-in-channel'
import { NoMoreComing } from './coming-pack'
import { EditorAnswers } from './editor-answers'
import { evaluateEntry } from './evaluate-entry'
import type { EvaluationSession } from './evaluation-session'
import type {
  BuildOutputs,
  ChannelPack,
  EvaluationMode,
  EvaluatorApi,
  FetchSource,
  Instantiation,
  LoadContents,
  ReadPack,
  WantedOutput,
  WithAdded,
} from './evaluator-protocol'
import { callCheck, mountCheck, readChecks } from './lesson-check'
import { plainProblem } from './plain-problem'
import { Sessions } from './sessions'
import { isKnownDerivation, viewChildren, viewSlot } from './value-view'
import { isWaiting, waitNeeded } from './waiting'

/** Calls that finding out what Build would build may take: it must not hold up the answer. */
const planBudget = 1_000_000
/** Calls that may go into what a build is compared with. */
const comparisonBudget = 10_000_000
/** Calls of a lesson's check. */
const checkBudget = 5_000_000
/** Calls that the value of a name under the pointer may take. */
const hoverBudget = 100_000

const notStarted = () => Promise.reject(new Error('not started'))

/**
 * An evaluator: takes snippets, evaluates them, and keeps the values that the page may open. It does
 * one thing at a time; its caller sees to that.
 */
export class EvaluatorEndpoint implements EvaluatorApi {
  private generation = 0
  private sessions = new Sessions('', notStarted, null, null)
  private readonly answers = new EditorAnswers()
  private lastHandle = 0

  async start(
    options: { generation: number; storeDir: ByteString; knownPaths: ByteString[] },
    load: LoadContents,
    build?: BuildOutputs,
    fetch?: FetchSource,
  ): Promise<void> {
    this.generation = options.generation
    this.sessions = new Sessions(options.storeDir, load, build ?? null, fetch ?? null)
    this.sessions.addKnown(options.knownPaths)
    // The first evaluator is needed at once: what the person has written warms it up as well.
    if (options.generation > 1) await this.warmUp()
  }

  async addKnown(paths: ByteString[]): Promise<void> {
    this.sessions.addKnown(paths)
  }

  useChannel(channel: ChannelPack, read?: ReadPack): Promise<void> {
    return this.sessions.useChannel(channel, read)
  }

  async giveUp(): Promise<void> {
    this.sessions.giveUp()
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
    const session = this.sessions.open(snippet, result.problems, [], budget !== null)
    if (session === null) {
      return { result: { ...result, buildable: evaluationFails(result.problems) }, added: [] }
    }
    session.evaluator.setBudget(budget)
    try {
      const mayBuild = budget === null
      const value = await this.sessions.run(session, () => evaluateEntry(session), mayBuild)
      if (budget === null && isKnownDerivation(value)) await this.instantiateRoot(session, value)
      result.value = this.view(session, value)
      result.buildable = buildableAtSight(value)
    } catch (error) {
      if (error instanceof NoMoreComing) throw error
      if (error instanceof BudgetExhausted) result.budgetExhausted = true
      else if (isWaiting(error)) result.problems.push(waitNeeded(error))
      else {
        result.problems.push(...session.problemsOf(error))
        result.buildable = evaluationFails(result.problems)
      }
    }
    // Of most values there is nothing to open; what they were made of need not be held then.
    if (session.handles.size > 0) this.sessions.keep(session)
    result.problems.push(...session.takeMessages())
    const added = mustBeStored(result, session, budget) ? session.host.store.takeAdded() : []
    if (budget === null && result.value !== null && result.buildable === null) {
      const plan = await this.plan(snippet)
      result.buildable = plan.result
      added.push(...plan.added)
    }
    return withAdded({ ...result, milliseconds: performance.now() - begin }, added)
  }

  async expand(id: number, offset: number, count: number): Promise<WithAdded<Expansion>> {
    const session = this.sessions.ofHandle(id)
    const slot = session.handles.get(id) as Slot
    session.evaluator.setBudget(null)
    try {
      const forced = await this.sessions.run(
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
      return withAdded({ ...result, messages }, session.host.store.takeAdded())
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
      return withAdded(result, session.host.store.takeAdded())
    }
  }

  async instantiate(snippet: Snippet): Promise<WithAdded<Instantiation>> {
    const problems: Problem[] = []
    const session = this.sessions.open(snippet, problems)
    if (session === null) return { result: { problems, reason: problems[0].message }, added: [] }
    try {
      const find = () =>
        findDerivations(session.evaluator, evaluateEntry(session), AttributeSet.empty)
      const found = await this.sessions.run(session, find, true)
      const wanted: WantedOutput[] = found.map(({ drvPath, outputName }) => {
        return { derivation: drvPath, output: outputName }
      })
      const result: Instantiation =
        wanted.length > 0
          ? { wanted }
          : { problems: session.takeMessages(), reason: 'There is no derivation in the value.' }
      return withAdded(result, session.host.store.takeAdded())
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
    const session = this.sessions.open(snippet, [])
    if (session === null) return { result: [], added: [] }
    session.evaluator.setBudget(comparisonBudget)
    const found = new Map<ByteString, ByteString>()
    try {
      await this.sessions.run(session, () => findInChannel(session.evaluator, packages, found))
    } catch (error) {
      // What was found until then is of use all the same.
      const isExpected = error instanceof NixError || error instanceof BudgetExhausted
      if (!isExpected && !isWaiting(error)) throw error
    }
    return withAdded([...found], session.host.store.takeAdded())
  }

  async check(snippet: Snippet, checkSource: string): Promise<WithAdded<CheckResult>> {
    const problems: Problem[] = []
    const session = this.sessions.open(snippet, problems, [mountCheck(checkSource)])
    if (session === null) return { result: { checks: [], problem: problems[0] }, added: [] }
    session.evaluator.setBudget(checkBudget)
    const result: CheckResult = { checks: [], problem: null }
    try {
      const list = await this.sessions.run(session, () =>
        session.evaluator.evaluateString(callCheck(session.host, snippet), { kind: 'string' }, '/'),
      )
      await readChecks(list, result.checks, (work) => this.sessions.run(session, work))
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

  useDocumentation(documentation: Documentation): Promise<void> {
    return this.answers.useDocumentation(documentation)
  }

  complete(text: string, position: TextPosition, channel: string): Promise<Completions | null> {
    return this.answers.complete(text, position, channel)
  }

  hover(text: string, position: TextPosition, channel: string): Promise<Hover | null> {
    return this.answers.hover(text, position, channel)
  }

  findDefinition(text: string, position: TextPosition): Promise<TextSpan | null> {
    return this.answers.findDefinition(text, position)
  }

  outline(text: string): Promise<OutlineSymbol[]> {
    return this.answers.outline(text)
  }

  async valueAt(snippet: Snippet, file: string, position: TextPosition): Promise<string | null> {
    const text = snippet.files.find(({ path }) => path === file)?.text
    const session = text === undefined ? null : this.sessions.open(snippet, [], [], true)
    if (text === undefined || session === null) return null
    session.evaluator.setBudget(hoverBudget)
    const path = `${session.host.directory}/${utf8ToByteString(file)}`
    try {
      const value = await this.sessions.run(session, () => {
        return valueAt(session.evaluator, path, text, position)
      })
      return value === null ? null : byteStringToUtf8(value)
    } catch (error) {
      if (error instanceof BudgetExhausted || isWaiting(error)) return null
      throw error
    }
  }

  /** Runs what every evaluation needs once, so that the first does not pay for it. */
  private async warmUp(): Promise<void> {
    const session = this.sessions.open(
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
    await this.sessions.run(session, () =>
      findDerivations(session.evaluator, evaluateEntry(session), AttributeSet.empty),
    )
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
    if (drvPath !== undefined) await this.sessions.run(session, () => force(drvPath), true)
  }

  /**
   * Counts the derivations of a value, and gives them to be stored. In a session of its own: what
   * the person has not opened stays unforced, and what is traced meanwhile is not told.
   */
  private async plan(snippet: Snippet): Promise<WithAdded<Evaluation['buildable']>> {
    const session = this.sessions.open(snippet, [])
    if (session === null) return { result: null, added: [] }
    session.evaluator.setBudget(planBudget)
    try {
      const found = await this.sessions.run(session, () =>
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

/** A result and what was added: their bytes go over to who asked, as copying hundreds takes long. */
function withAdded<T>(result: T, added: StoreEntry[]): WithAdded<T> {
  return transfer(
    { result, added },
    added.map(({ nar }) => nar.buffer),
  )
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
