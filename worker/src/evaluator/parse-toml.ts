/** TOML 1.0 documents as values (https://toml.io/en/v1.0.0). */
import type { ByteString } from '@snowglobe/shared/bytes'
import { normaliseInt } from './arithmetic'
import { attributeSetOf } from './attribute-set'
import { NixError } from './errors'
import { withoutNull } from './null-bytes'
import { TomlKeyError, TomlTable } from './toml-table'
import { invalidUtf8, utf8Character } from './utf-8'
import { Float, type Slot, type Value } from './values'

/**
 * The set that a TOML document stands for. Throws NixError, also for dates and times unless
 * `timestamps`, which makes them sets `{ _type = "timestamp"; value; }`.
 */
export function parseToml(text: ByteString, timestamps: boolean): Value {
  return new TomlParser(text, timestamps).parse()
}

/** A date or time as Nix writes it: with `T`, and so many groups of three digits as are needed. */
function normaliseTimestamp(text: ByteString): ByteString {
  const [, day, moment, fraction = '', zone] =
    /^(\d{4}-\d{2}-\d{2})?[Tt ]?(\d{2}:\d{2}:\d{2})?(?:\.(\d+))?(.*)$/.exec(text)!
  const subseconds = fraction
    .slice(0, 9)
    .padEnd(9, '0')
    .replace(/(000)+$/, '')
  return (
    (day ?? '') +
    (day !== undefined && moment !== undefined ? 'T' : '') +
    (moment ?? '') +
    (subseconds === '' ? '' : `.${subseconds}`) +
    zone.toUpperCase()
  )
}

const space = /[ \t]*/y
const comment = /#[\t\x20-\x7e\x80-\xff]*/y
const newline = /\r?\n/y
const bareKey = /[A-Za-z0-9_-]+/y
const basicText = /[\t\x20\x21\x23-\x5b\x5d-\x7e\x80-\xff]*/y
const literalText = /[\t\x20-\x26\x28-\x7e\x80-\xff]*/y
const date = /\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})?)?/y
const time = /\d{2}:\d{2}:\d{2}(?:\.\d+)?/y
const word = /[A-Za-z0-9_+.-]+/y

const decimal = /^[+-]?(?:0|[1-9](?:_?\d)*)$/
const prefixed = /^0(?:x[0-9a-fA-F](?:_?[0-9a-fA-F])*|o[0-7](?:_?[0-7])*|b[01](?:_?[01])*)$/
const float =
  /^[+-]?(?:0|[1-9](?:_?\d)*)(?:\.\d(?:_?\d)*(?:[eE][+-]?\d(?:_?\d)*)?|[eE][+-]?\d(?:_?\d)*)$/
const named: Record<string, number> = {
  inf: Infinity,
  '+inf': Infinity,
  '-inf': -Infinity,
  nan: NaN,
  '+nan': NaN,
  '-nan': NaN,
}

const escapes: Record<string, ByteString> = {
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
  '"': '"',
  '\\': '\\',
}

/** An array or an inline table that is being read. */
type Container = { list: Slot[] } | { table: TomlTable; path: ByteString[] }

class TomlParser {
  private at = 0
  private hasDate = false

  constructor(
    private readonly text: ByteString,
    private readonly timestamps: boolean,
  ) {}

  parse(): Value {
    const invalid = invalidUtf8(this.text)
    if (invalid >= 0) throw this.problem('a byte that is not UTF-8', invalid)
    if (this.text.startsWith('\xef\xbb\xbf')) this.at = 3
    const root = new TomlTable('header')
    let table = root
    for (;;) {
      this.blank()
      if (this.at === this.text.length) break
      const begin = this.at
      if (this.take('[[')) {
        const path = this.path(']]')
        table = this.checked(begin, () => root.append(path))
      } else if (this.take('[')) {
        const path = this.path(']')
        table = this.checked(begin, () => root.open(path))
      } else {
        const path = this.path('=')
        const value = this.value()
        const into = table
        this.checked(begin, () => into.define(path, value))
      }
      this.lineEnd()
    }
    if (this.hasDate && !this.timestamps) throw tomlError('Dates and times are not supported')
    return root.build()
  }

  private checked<T>(begin: number, work: () => T): T {
    try {
      return work()
    } catch (error) {
      if (error instanceof TomlKeyError) throw this.problem(error.message, begin)
      throw error
    }
  }

  /** A dotted key and what ends it. */
  private path(end: string): ByteString[] {
    const path: ByteString[] = []
    do {
      this.match(space)
      path.push(this.key())
      this.match(space)
    } while (this.take('.'))
    if (!this.take(end)) throw this.problem(`expected '${end}' or '.' after a key`)
    return path
  }

  private key(): ByteString {
    const begin = this.at
    if (this.text.startsWith('"""', begin) || this.text.startsWith("'''", begin)) {
      throw this.problem('a key cannot be a multi-line string')
    }
    if (this.take('"')) return this.representable(this.basicString(begin))
    if (this.take("'")) return this.representable(this.literalString(begin))
    const bare = this.match(bareKey)
    if (bare === '') throw this.problem('expected a key')
    return bare
  }

  private representable(text: ByteString): ByteString {
    try {
      return withoutNull(text)
    } catch (error) {
      throw error instanceof NixError ? tomlError(`error: ${error.text}`) : error
    }
  }

  /** A value, after what may stand before it. Nested ones wait on a stack. */
  private value(): Value {
    const containers: Container[] = []
    for (;;) {
      // A value begins here, or an array ends.
      const top = containers[containers.length - 1]
      if (top !== undefined && 'list' in top) this.blank()
      else this.match(space)
      let value: Value
      if (top !== undefined && 'list' in top && this.take(']')) {
        containers.pop()
        value = top.list
      } else if (this.take('[')) {
        containers.push({ list: [] })
        continue
      } else if (this.take('{')) {
        this.match(space)
        const table = new TomlTable('header')
        if (!this.take('}')) {
          containers.push({ table, path: this.path('=') })
          continue
        }
        value = table.build()
      } else value = this.scalar()
      // A value has been read: whatever ends with it is a value, too.
      for (;;) {
        const container = containers[containers.length - 1]
        if (container === undefined) return value
        if ('list' in container) {
          container.list.push(value)
          this.blank()
          if (this.take(',')) break
          if (!this.take(']')) throw this.problem("expected ',' or ']' in an array")
          value = container.list
        } else {
          const read = value
          this.checked(this.at, () => container.table.define(container.path, read))
          this.match(space)
          if (this.take(',')) {
            container.path = this.path('=')
            break
          }
          if (!this.take('}')) throw this.problem("expected ',' or '}' in an inline table")
          value = container.table.build()
        }
        containers.pop()
      }
    }
  }

  private scalar(): Value {
    const begin = this.at
    if (this.take('"""')) return this.representable(this.multiline(begin, '"""'))
    if (this.take("'''")) return this.representable(this.multiline(begin, "'''"))
    if (this.take('"')) return this.representable(this.basicString(begin))
    if (this.take("'")) return this.representable(this.literalString(begin))
    const timestamp = this.match(date) || this.match(time)
    if (timestamp !== '') {
      this.hasDate = true
      return attributeSetOf({ _type: 'timestamp', value: normaliseTimestamp(timestamp) })
    }
    const literal = this.match(word)
    if (literal === 'true' || literal === 'false') return literal === 'true'
    if (Object.hasOwn(named, literal)) return new Float(named[literal])
    const digits = literal.replaceAll('_', '')
    if (decimal.test(literal)) {
      const int = BigInt(digits.replace(/^[+-]/, ''))
      return this.integer(literal.startsWith('-') ? -int : int, begin)
    }
    if (prefixed.test(literal)) return this.integer(BigInt(digits), begin)
    if (float.test(literal)) return new Float(Number(digits))
    throw this.problem(literal === '' ? 'expected a value' : `'${literal}' is no value`, begin)
  }

  private integer(int: bigint, begin: number): Value {
    if (BigInt.asIntN(64, int) === int) return normaliseInt(int)
    throw this.tooLarge(begin)
  }

  private basicString(begin: number): ByteString {
    let text = ''
    for (;;) {
      text += this.match(basicText)
      if (this.take('"')) return text
      if (!this.take('\\')) throw this.problem('a string without its closing quote', begin)
      text += this.escape()
    }
  }

  private literalString(begin: number): ByteString {
    const text = this.match(literalText)
    if (!this.take("'")) throw this.problem('a string without its closing quote', begin)
    return text
  }

  private multiline(begin: number, quotes: string): ByteString {
    const quote = quotes[0]
    const plain = quote === '"' ? basicText : literalText
    let text = ''
    this.match(newline)
    for (;;) {
      text += this.match(plain)
      const lineBreak = this.match(newline)
      if (lineBreak !== '') text += lineBreak
      else if (this.take(quotes)) {
        // Up to two quotes may stand before the closing three.
        for (let extra = 0; extra < 2 && this.take(quote); extra++) text += quote
        return text
      } else if (this.take(quote)) text += quote
      else if (quote === '"' && this.take('\\')) {
        const from = this.at
        this.match(space)
        if (this.match(newline) === '') {
          this.at = from
          text += this.escape()
        } else while (this.match(space) !== '' || this.match(newline) !== '');
      } else throw this.problem('a string without its closing quotes', begin)
    }
  }

  private escape(): ByteString {
    const begin = this.at - 1
    const char = this.text[this.at++] ?? ''
    if (Object.hasOwn(escapes, char)) return escapes[char]
    const length = char === 'u' ? 4 : char === 'U' ? 8 : 0
    const hex = this.text.slice(this.at, this.at + length)
    if (length === 0 || hex.length < length || !/^[0-9a-fA-F]+$/.test(hex)) {
      throw this.problem('an escape that TOML does not have', begin)
    }
    this.at += length
    const codePoint = parseInt(hex, 16)
    if (codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint <= 0xdfff)) {
      throw this.problem(`\\${char}${hex} is no Unicode character`, begin)
    }
    return utf8Character(codePoint)
  }

  /** Spaces, line breaks and comments. */
  private blank(): void {
    while (this.match(space) !== '' || this.match(newline) !== '' || this.match(comment) !== '');
  }

  private lineEnd(): void {
    this.match(space)
    this.match(comment)
    if (this.at < this.text.length && this.match(newline) === '') {
      throw this.problem('expected the end of the line')
    }
  }

  private take(token: string): boolean {
    if (!this.text.startsWith(token, this.at)) return false
    this.at += token.length
    return true
  }

  /** What the pattern matches here, '' if it does not. */
  private match(pattern: RegExp): ByteString {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0] ?? ''
    this.at += found.length
    return found
  }

  /** The integer from `begin` on does not fit; in the words of Nix's TOML library. */
  private tooLarge(begin: number): NixError {
    const number = this.text.slice(0, begin).split('\n').length
    const lineStart = this.text.lastIndexOf('\n', begin - 1) + 1
    const line = this.text.slice(lineStart).split('\n', 1)[0]
    const margin = ' '.repeat(String(number).length + 2)
    return tomlError(
      [
        '[error] toml::parse_dec_integer: too large integer: current max digits = 2^63',
        `${margin.slice(2)}--> fromTOML`,
        `${margin}|`,
        ` ${number} | ${line}`,
        `${margin}| ${' '.repeat(this.at - lineStart)}^-- must be < 2^63`,
      ].join('\n'),
    )
  }

  private problem(what: ByteString, at = this.at): NixError {
    const before = this.text.slice(0, at)
    const line = before.split('\n').length
    const column = at - before.lastIndexOf('\n')
    return tomlError(`${what}, at line ${line}, column ${column}`)
  }
}

function tomlError(what: ByteString): NixError {
  return new NixError('parse', `while parsing TOML: ${what}`)
}
