/**
 * Makes a builder's output safe to print on a terminal: keeps text, line breaks, tabs, carriage
 * returns and colours (SGR), and drops what moves the cursor, sets titles, copies to the clipboard
 * or asks the terminal questions.
 */
const escape = '\x1b'
/** Longer sequences are no colours. */
const maxSequence = 64
const notPlain = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/
const colour = /^[0-9;:]*m$/

type State =
  /** Plain text. */
  | 'text'
  /** Behind an ESC. */
  | 'escape'
  /** Behind ESC [: parameters until a final byte. */
  | 'sequence'
  /** In a string for the terminal (OSC, DCS, …): until BEL or ESC \. */
  | 'string'
  | 'string-escape'

export class LogFilter {
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  private state: State = 'text'
  /** The parameters of a sequence so far. */
  private sequence = ''

  /** Takes the next bytes; gives the text to show. */
  write(bytes: Uint8Array): string {
    return this.filter(this.decoder.decode(bytes, { stream: true }))
  }

  /** To be called at the end of the output. */
  end(): string {
    return this.filter(this.decoder.decode())
  }

  private filter(text: string): string {
    if (this.state === 'text' && !notPlain.test(text)) return text
    let shown = ''
    for (const character of text) shown += this.step(character)
    return shown
  }

  private step(character: string): string {
    switch (this.state) {
      case 'text':
        return this.plain(character)
      case 'escape':
        return this.afterEscape(character)
      case 'sequence':
        return this.inSequence(character)
      case 'string':
        // A line break ends it too: an unfinished one must not hide the rest of the log.
        if (character === '\n') return this.backToText('\n')
        if (character === '\x07' || character === '\x9c') return this.backToText('')
        if (character === escape) this.state = 'string-escape'
        return ''
      case 'string-escape':
        if (character === '\\') return this.backToText('')
        return this.afterEscape(character)
    }
  }

  private plain(character: string): string {
    if (character === escape) this.state = 'escape'
    // The same in one character (C1); a string may begin so as well.
    else if (character === '\x9b') this.startSequence()
    else if (/[\x90\x98\x9d\x9e\x9f]/.test(character)) this.state = 'string'
    else if (!notPlain.test(character)) return character
    return ''
  }

  private afterEscape(character: string): string {
    if (character === '[') this.startSequence()
    else if (/[\]PX^_]/.test(character)) this.state = 'string'
    else if (character === escape) this.state = 'escape'
    // Some sequences have bytes between ESC and the last one.
    else if (/[ -/]/.test(character)) this.state = 'escape'
    else return this.backToText(character === '\n' ? '\n' : '')
    return ''
  }

  private startSequence(): void {
    this.state = 'sequence'
    this.sequence = ''
  }

  private inSequence(character: string): string {
    if (character === escape) {
      this.state = 'escape'
      return ''
    }
    if (character === '\n') return this.backToText('\n')
    this.sequence += character
    if (this.sequence.length > maxSequence) return this.backToText('')
    if (!/[@-~]/.test(character)) return ''
    return this.backToText(colour.test(this.sequence) ? `${escape}[${this.sequence}` : '')
  }

  private backToText(shown: string): string {
    this.state = 'text'
    return shown
  }
}
