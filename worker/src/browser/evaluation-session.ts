import { utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import type { Snippet } from '@snowglobe/shared/snippet'
import { builtinDocumentation } from '../evaluator/builtin-documentation'
import type { Evaluation } from '../evaluator/evaluation'
import { Awaited } from '../evaluator/awaited'
import { Evaluator } from '../evaluator/evaluator'
import type { Host } from '../evaluator/host'
import { ToldMessages } from '../evaluator/told-messages'
import type { Slot } from '../evaluator/values'
import { operandDefinition } from '../intelligence/operand-definition'
import { Resolver } from '../intelligence/resolve'
import { MissingContents } from '../store/missing-contents'
import type { Mount } from '../store/mount-accessor'
import type { PreloadedStore } from '../store/preloaded-store'
import type { Problem, Range } from './api'
import { ComingFile } from './coming-pack'
import { MissingOutputs } from './missing-outputs'
import { wantedChannel } from './wanted-channel'
import { messageProblem, problemsOf } from './problems'
import { settingsText, workspaceSettings } from './workspace-settings'
import { workspaceFiles, WorkspaceHost, type Workspace } from './workspace-host'

/** So many sessions at most share their surroundings, which keep something of each. */
const sharedBy = 200

/** What sessions may share: the store, what is mounted, and values of files in the store. */
export class Surroundings {
  readonly host: WorkspaceHost
  readonly evaluator: Evaluator
  private sessions = 0

  /** @param keepsValues whether more than one session uses them */
  constructor(
    private readonly snippet: Snippet,
    preloaded: PreloadedStore,
    mounts: readonly Mount[],
    nixPath: WorkspaceHost['nixPath'],
    keepsValues: boolean,
    fetch: Host['fetch'] | null = null,
  ) {
    this.host = new WorkspaceHost(snippet, preloaded, mounts, nixPath, fetch)
    const { options } = workspaceSettings(snippet)
    this.evaluator = new Evaluator(this.host, { ...options, keepsValues })
  }

  /** Whether a session of another snippet may use them, too: it is asked once for each. */
  serve(next: Snippet): boolean {
    const { host, evaluator, snippet } = this
    const { name, system } = next
    return (
      name === snippet.name &&
      system === snippet.system &&
      wantedChannel(next) === wantedChannel(snippet) &&
      settingsText(next) === settingsText(snippet) &&
      // Programs look for their configuration in directories of such names.
      !name.startsWith('.') &&
      !host.isUnrepeatable &&
      evaluator.kept?.mayGoOn === true &&
      ++this.sessions < sharedBy
    )
  }
}

const resolver = new Resolver(builtinDocumentation)
/** More messages than this are only counted: an endless loop may trace for ever. */
const maxMessages = 1000

/**
 * One evaluation of one state of the workspace, with the values that the page may still open. What
 * it evaluates runs again from its entry where contents of the store had to be loaded first; thunks
 * that were done keep their values.
 */
export class EvaluationSession {
  private readonly workspace: Workspace
  private evaluation: Evaluation
  /** What handles stand for. */
  readonly handles = new Map<number, Slot>()
  private messages: Problem[] = []
  private dropped = 0
  private readonly told = new ToldMessages()

  /** @throws HostError where files of the snippet have names that cannot be */
  constructor(
    private readonly snippet: Snippet,
    readonly surroundings: Surroundings,
  ) {
    this.workspace = {
      files: workspaceFiles(snippet),
      entry: `${surroundings.host.directory}/${utf8ToByteString(snippet.entry)}`,
      message: (kind, text) => this.tell(kind, text),
    }
    this.evaluation = surroundings.evaluator.newEvaluation()
  }

  /** The surroundings' host, in which this session's workspace is. */
  get host(): WorkspaceHost {
    const { host } = this.surroundings
    host.use(this.workspace)
    return host
  }

  /** The surroundings' evaluator, at this session's evaluation. */
  get evaluator(): Evaluator {
    const { host, evaluator } = this.surroundings
    host.use(this.workspace)
    evaluator.enter(this.evaluation)
    return evaluator
  }

  /**
   * Runs work that evaluates, as often as it takes.
   *
   * @param load makes the contents of a store path readable, or their absence known
   * @param build has outputs built, or makes known why they cannot be; null where that must not happen
   *   either, nor is anything fetched
   * @throws NixError, BudgetExhausted, MissingOutputs, Awaited; NoMoreComing
   */
  async run<T>(
    work: () => T,
    load: (path: ByteString) => Promise<void>,
    build: ((missing: MissingOutputs) => Promise<void>) | null = null,
  ): Promise<T> {
    for (;;) {
      try {
        return this.evaluator.run(work)
      } catch (error) {
        if (error instanceof MissingContents) await load(error.path)
        else if (error instanceof ComingFile) {
          await error.arrival()
          this.beginAgain()
        } else if (error instanceof MissingOutputs && build !== null) await build(error)
        else if (error instanceof Awaited && build !== null) await error.work()
        else throw error
        this.told.again()
      }
    }
  }

  /**
   * Where values of files in the store are kept for the evaluation after, the second call of a file's
   * function is another one than the first: to find what the first gave, evaluation begins as a new one.
   */
  private beginAgain(): void {
    const { evaluator } = this.surroundings
    if (evaluator.kept !== null) this.evaluation = evaluator.newEvaluation()
  }

  /** What was traced or warned of since the last call. */
  takeMessages(): Problem[] {
    const messages = this.messages
    if (this.dropped > 0) {
      messages.push(messageProblem('warning', `${this.dropped} more messages are not shown`))
    }
    this.messages = []
    this.dropped = 0
    this.told.clear()
    return messages
  }

  /** An error that `run` threw, as problems. */
  problemsOf(error: unknown): Problem[] {
    return problemsOf(error, {
      positions: this.evaluator.positions,
      directory: this.host.directory,
      definitionOf: (place) => this.definitionOf(place),
    })
  }

  private definitionOf({ file, startLine, startColumn }: Range): Range | null {
    const text = this.snippet.files.find(({ path }) => path === file)?.text
    if (text === undefined) return null
    const span = operandDefinition(text, { line: startLine, column: startColumn }, resolver)
    const isItself = span?.startLine === startLine && span.startColumn === startColumn
    return span === null || isItself ? null : { file, ...span }
  }

  private tell(kind: 'trace' | 'warning', text: ByteString): void {
    if (!this.told.isNew(kind, text)) return
    if (this.messages.length < maxMessages) this.messages.push(messageProblem(kind, text))
    else this.dropped++
  }
}
