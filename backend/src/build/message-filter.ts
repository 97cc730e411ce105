/** What a builder says in structured form, in lines of its log: `@nix {"action":"setPhase",…}`. */
export interface BuilderMessage {
  action: string
  [field: string]: unknown
}

const prefix = '@nix '
/** A longer line is text. */
const longestMessage = 64 * 1024

/** Takes such lines out of a log, and hands on the rest as it comes. */
export class MessageFilter {
  /** The beginning of a line that may be a message; null in a line that is none. */
  private held: string | null = ''

  constructor(private readonly hear: (message: BuilderMessage) => void) {}

  /** Takes the next text; gives what is no message. */
  write(text: string): string {
    let shown = ''
    for (let start = 0; start < text.length;) {
      const newline = text.indexOf('\n', start)
      const end = newline < 0 ? text.length : newline + 1
      const piece = text.slice(start, end)
      start = end
      if (this.held === null) shown += piece
      else shown += this.hold(piece)
      if (newline >= 0) this.held = ''
    }
    return shown
  }

  /** To be called at the end of the log. */
  end(): string {
    const rest = this.held ?? ''
    this.held = null
    return rest
  }

  /** Takes more of a line that may be a message; gives it back if it is none. */
  private hold(piece: string): string {
    const line = this.held + piece
    const mayBe = line.startsWith(prefix) || prefix.startsWith(line)
    if (!mayBe || line.length > longestMessage) {
      this.held = null
      return line
    }
    this.held = line
    if (!line.endsWith('\n')) return ''
    const message = parse(line.slice(prefix.length))
    if (message === null) return line
    this.hear(message)
    return ''
  }
}

function parse(text: string): BuilderMessage | null {
  try {
    const value: unknown = JSON.parse(text)
    const isMessage =
      typeof value === 'object' &&
      value !== null &&
      'action' in value &&
      typeof value.action === 'string'
    return isMessage ? (value as BuilderMessage) : null
  } catch {
    return null
  }
}
