import type { ByteString } from '@snowglobe/shared/bytes'
import type { Snippet } from '@snowglobe/shared/snippet'
import type {
  Completions,
  Hover,
  OutlineSymbol,
  TextPosition,
  TextSpan,
} from '../intelligence/answers'
import { code } from '../intelligence/describe'
import type { EvaluatorApi, EvaluatorConnection } from './evaluator-protocol'

/** A value that takes longer is not waited for: its worker is given up. */
const patience = 1000

export interface EditorHelpParts {
  spawn(): EvaluatorConnection
  /** Makes an evaluator ready; called once for each. */
  start(api: EvaluatorApi): Promise<void>
  wait(milliseconds: number): Promise<void>
}

/**
 * Answers the editor's questions by an evaluator of its own, so that evaluations and answers never
 * wait for each other. It is hired when the first question comes: nobody waits for it before.
 */
export class EditorHelp {
  private member: { connection: EvaluatorConnection; ready: Promise<EvaluatorApi> } | null = null

  constructor(private readonly parts: EditorHelpParts) {}

  async complete(
    text: string,
    position: TextPosition,
    channel: string,
  ): Promise<Completions | null> {
    return (await this.api()).complete(text, position, channel)
  }

  /** What the name at a position is, with its value where it has one that is had soon. */
  async hover(snippet: Snippet, file: string, position: TextPosition): Promise<Hover | null> {
    const text = snippet.files.find(({ path }) => path === file)?.text
    if (text === undefined) return null
    const api = await this.api()
    const hover = await api.hover(text, position, snippet.channel)
    if (hover === null) return null
    const value = await this.inTime(api.valueAt(snippet, file, position))
    // What is written there already need not be said again.
    if (value === null || hover.parts[0].includes(` = ${value}\n`)) return hover
    return { ...hover, parts: [...hover.parts, `Value:\n${code(value)}`] }
  }

  async findDefinition(text: string, position: TextPosition): Promise<TextSpan | null> {
    return (await this.api()).findDefinition(text, position)
  }

  async outline(text: string): Promise<OutlineSymbol[]> {
    return (await this.api()).outline(text)
  }

  /** Tells of paths that the store has got. */
  addKnown(paths: ByteString[]): void {
    void this.member?.ready
      .then((api) => api.addKnown(paths))
      .catch(() => {
        // The next question hires another one, which is told at its start.
      })
  }

  private api(): Promise<EvaluatorApi> {
    this.member ??= this.hire()
    return this.member.ready
  }

  private hire(): { connection: EvaluatorConnection; ready: Promise<EvaluatorApi> } {
    const connection = this.parts.spawn()
    const failed = new Promise<never>((_, reject) => {
      connection.onFailure((reason) => {
        this.dismiss(connection)
        reject(new Error(`the editor's help has failed: ${reason}`))
      })
    })
    const started = this.parts.start(connection.api).then(() => connection.api)
    const ready = Promise.race([started, failed])
    // Whoever asks is told; the next question tries again.
    ready.catch(() => this.dismiss(connection))
    return { connection, ready }
  }

  private dismiss(connection: EvaluatorConnection): void {
    connection.terminate()
    if (this.member?.connection === connection) this.member = null
  }

  private async inTime<T>(answer: Promise<T>): Promise<T | null> {
    const connection = this.member?.connection
    const late = Symbol('late')
    const first = await Promise.race([answer, this.parts.wait(patience).then(() => late)])
    if (first !== late) return first as T
    if (connection !== undefined) this.dismiss(connection)
    return null
  }
}
