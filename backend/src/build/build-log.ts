import { LogFilter } from './log-filter'
import { MessageFilter, type BuilderMessage } from './message-filter'

const chunkLength = 64 * 1024
/** Enough text for the last lines, unless lines are very long. */
const tailLength = 16 * 1024

/** The text of a log from some place on; places count UTF-16 units. */
export interface LogPiece {
  start: number
  text: string
}

/** Lines as a terminal shows them: behind a carriage return what was there is written over. */
export function asShown(text: string): string {
  if (!text.includes('\r')) return text
  const line = (written: string) =>
    written
      .split('\r')
      .reduce((shown, part) => (part === '' ? shown : part + shown.slice(part.length)))
  return text.split('\n').map(line).join('\n')
}

/**
 * The log of one build while it runs, safe for a terminal. All watchers read from the same text at
 * their own pace, so that one more costs nothing, and one who comes late starts from the beginning.
 */
export class BuildLog {
  /** Bytes as the builder wrote them. */
  bytes = 0
  /** UTF-16 units so far. */
  length = 0
  private readonly filter = new LogFilter()
  private readonly messages = new MessageFilter((message) => this.hear(message))
  /** Full chunks, and the one that is being filled. */
  private chunks: { start: number; text: string }[] = []
  private current = ''
  private retained = 0
  private ended = false
  private readonly listeners = new Set<() => void>()
  private readonly messageListeners = new Set<(message: BuilderMessage) => void>()

  /** `retain` is how many UTF-16 units at least are kept for those who come late. */
  constructor(private readonly retain = Infinity) {}

  /** Takes bytes of the builder. */
  write(bytes: Uint8Array): void {
    this.bytes += bytes.length
    this.push(this.messages.write(this.filter.write(bytes)))
  }

  end(): void {
    if (this.ended) return
    this.ended = true
    this.push(this.messages.write(this.filter.end()) + this.messages.end())
  }

  /**
   * Text from a place on, at most about so much; it starts later where what was there is not kept
   * any more. The text is '' at the end.
   */
  read(from: number, most = chunkLength): LogPiece {
    const currentStart = this.length - this.current.length
    if (from >= currentStart)
      return {
        start: from,
        text: this.current.slice(from - currentStart, from - currentStart + most),
      }
    let low = 0
    let high = this.chunks.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.chunks[middle]!.start <= from) low = middle
      else high = middle - 1
    }
    const chunk = this.chunks[low]!
    const start = Math.max(from, chunk.start)
    return { start, text: chunk.text.slice(start - chunk.start, start - chunk.start + most) }
  }

  /** Calls back whenever there is more text. Gives what ends that. */
  onMore(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Calls back for what the builder says in structured form, like a new phase. */
  onMessage(listener: (message: BuilderMessage) => void): void {
    this.messageListeners.add(listener)
  }

  /** The builder's last lines, without line breaks. */
  lastLines(count: number): string[] {
    let tail = this.current
    for (let i = this.chunks.length - 1; i >= 0 && tail.length < tailLength; i--)
      tail = this.chunks[i]!.text + tail
    const lines = asShown(tail.replace(/\n$/, '')).split('\n')
    return tail === '' ? [] : lines.slice(-count)
  }

  private hear(message: BuilderMessage): void {
    for (const listener of this.messageListeners) listener(message)
  }

  private push(text: string): void {
    if (text === '') return
    this.current += text
    this.length += text.length
    while (this.current.length >= chunkLength) this.seal()
    for (const listener of this.listeners) listener()
  }

  private seal(): void {
    const start = this.length - this.current.length
    // A copy: a part of a string would keep all of it.
    const text = Buffer.from(this.current.slice(0, chunkLength), 'utf16le').toString('utf16le')
    this.chunks.push({ start, text })
    this.current = this.current.slice(chunkLength)
    this.retained += chunkLength
    if (this.retained - chunkLength < this.retain) return
    this.chunks.shift()
    this.retained -= chunkLength
  }
}
