/** Bracket expressions: `[a-z]`, `[^]x]`, `[[:alpha:]_-]`. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { classNamed, collatingElement, folded, setOf, type ByteSet } from './byte-set'
import { RegexError } from './regex-error'

type Token =
  | { kind: 'end' }
  | { kind: 'dash' }
  | { kind: 'byte'; byte: number }
  /** `[:x:]`, `[=x=]`, `[.x.]` */
  | { kind: ':' | '=' | '.'; name: ByteString }

/**
 * Reads a bracket expression that begins after its `[` at `start`. Gives its set and where it ends.
 * As in POSIX a backslash stands for itself, and so does `]` where it comes first. Throws RegexError.
 */
export function parseBracket(pattern: ByteString, start: number): { set: ByteSet; end: number } {
  const reader = new BracketReader(pattern, start)
  const set = reader.read()
  return { set, end: reader.offset }
}

class BracketReader {
  private readonly tests: ((byte: number) => boolean)[] = []
  /** The last byte, which may turn out to begin a range; whether the last was a class. */
  private last: number | 'class' | null = null
  private atStart = true

  constructor(
    private readonly pattern: ByteString,
    public offset: number,
  ) {}

  read(): ByteSet {
    const negated = this.pattern[this.offset] === '^'
    if (negated) this.offset++
    let token = this.next()
    if (token.kind === 'dash') {
      this.last = 45
      token = this.next()
    }
    while (token.kind !== 'end') {
      if (token.kind === 'byte') this.push(token.byte)
      else if (token.kind !== 'dash') this.named(token.kind, token.name)
      else if (this.dash()) break
      token = this.next()
    }
    this.flush()
    const { tests } = this
    return setOf((byte) => tests.some((test) => test(byte)) !== negated)
  }

  private next(): Token {
    const { pattern } = this
    const atStart = this.atStart
    this.atStart = false
    if (this.offset >= pattern.length) throw new RegexError()
    const character = pattern[this.offset++]
    if (character === '-') return { kind: 'dash' }
    if (character === ']' && !atStart) return { kind: 'end' }
    if (character === '[') {
      if (this.offset >= pattern.length) throw new RegexError()
      const kind = pattern[this.offset]
      if (kind === ':' || kind === '=' || kind === '.') return { kind, name: this.name(kind) }
    }
    return { kind: 'byte', byte: character.charCodeAt(0) }
  }

  /** Reads `:name:]`. */
  private name(delimiter: string): ByteString {
    const begin = this.offset + 1
    const end = this.pattern.indexOf(delimiter, begin)
    if (end < 0 || this.pattern[end + 1] !== ']') throw new RegexError()
    this.offset = end + 2
    return this.pattern.slice(begin, end)
  }

  private push(byte: number): void {
    this.flush()
    this.last = byte
  }

  private flush(): void {
    const { last } = this
    if (typeof last === 'number') this.tests.push((byte) => byte === last)
    this.last = null
  }

  private named(kind: ':' | '=' | '.', name: ByteString): void {
    if (kind === ':') {
      const test = classNamed(name)
      if (test === undefined) throw new RegexError()
      this.flush()
      this.tests.push(test)
      this.last = 'class'
      return
    }
    const element = collatingElement(name)
    if (element < 0) throw new RegexError()
    if (kind === '.') this.push(element)
    else {
      this.flush()
      this.tests.push((byte) => folded(byte) === folded(element))
      this.last = 'class'
    }
  }

  /** After a dash that is not the first character. Gives whether the expression ends after it. */
  private dash(): boolean {
    const token = this.next()
    if (token.kind === 'end') {
      this.push(45)
      return true
    }
    const { last } = this
    if (typeof last !== 'number') throw new RegexError()
    if (token.kind === 'dash') this.range(last, 45)
    else if (token.kind === 'byte') this.range(last, token.byte)
    else throw new RegexError()
    return false
  }

  /** Bytes are C's chars here, signed: those above 127 come first. */
  private range(first: number, last: number): void {
    const from = signed(first)
    const to = signed(last)
    if (from > to) throw new RegexError()
    this.tests.push((byte) => signed(byte) >= from && signed(byte) <= to)
    this.last = null
  }
}

function signed(byte: number): number {
  return byte < 128 ? byte : byte - 256
}
