/**
 * JSON texts as values, strictly. Errors are worded as those of the library that Nix parses with
 * (nlohmann/json): people look for these words.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import { normaliseInt } from './arithmetic'
import { AttributeSetBuilder } from './attribute-set'
import { NixError } from './errors'
import { withoutNull } from './null-bytes'
import { invalidUtf8, utf8Character } from './utf-8'
import { Float, type Slot, type Value } from './values'

/** The value of a JSON text. Throws NixError. */
export function parseJson(text: ByteString): Value {
  return new JsonParser(text).parse()
}

/** Tokens, named as messages name them. */
const enum Token {
  True = 'true literal',
  False = 'false literal',
  Null = 'null literal',
  String = 'string literal',
  Number = 'number literal',
  BeginArray = "'['",
  BeginObject = "'{'",
  EndArray = "']'",
  EndObject = "'}'",
  Colon = "':'",
  Comma = "','",
  End = 'end of input',
}

const anyValue = "'[', '{', or a literal"

/** A list or a set that is being read; the outermost value stands in a list of one. */
type Container = { list: Slot[] } | { builder: AttributeSetBuilder; key: ByteString }

const maxUnsigned = 18446744073709551615n
const maxInt = 9223372036854775807n
const minInt = -9223372036854775808n

const simpleEscapes: Record<string, ByteString> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

/** What messages call control characters; some may be written as a short escape, too. */
const controlNames =
  'NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US'.split(
    ' ',
  )
const shortEscapes: Record<number, string> = { 8: '\\b', 9: '\\t', 10: '\\n', 12: '\\f', 13: '\\r' }

class JsonParser {
  /** The next character to be read; one past the end where the end has been read, too. */
  private at = 0
  /** Where the text that messages show as last read begins. */
  private start = 0
  /** The text of the last string. */
  private value: ByteString = ''
  private context = ''
  private expected = ''

  constructor(private readonly text: ByteString) {}

  parse(): Value {
    if (this.text.startsWith('\xef')) this.skipByteOrderMark()
    const containers: Container[] = [{ list: [] }]
    let token = this.next('value', '')
    for (;;) {
      // A value begins here.
      let value: Slot
      if (token === Token.BeginObject) {
        const builder = new AttributeSetBuilder()
        token = this.next('object key', Token.String)
        if (token !== Token.EndObject) {
          containers.push({ builder, key: this.key(token) })
          token = this.next('value', '')
          continue
        }
        value = builder.build()
      } else if (token === Token.BeginArray) {
        token = this.next('value', '')
        if (token !== Token.EndArray) {
          containers.push({ list: [] })
          continue
        }
        value = []
      } else {
        switch (token) {
          case Token.True:
          case Token.False:
            value = token === Token.True
            break
          case Token.Null:
            value = null
            break
          case Token.String:
            value = withoutNull(this.value)
            break
          case Token.Number:
            value = this.number()
            break
          default:
            this.expected = anyValue
            throw this.unexpected(token)
        }
      }
      // A value has been read: the containers that end with it are values, too.
      for (;;) {
        const container = containers[containers.length - 1]
        if ('builder' in container) container.builder.set(container.key, value)
        else container.list.push(value)
        if (containers.length === 1) {
          token = this.next('value', Token.End)
          if (token !== Token.End) throw this.unexpected(token)
          return value as Value
        }
        const isObject = 'builder' in container
        const end = isObject ? Token.EndObject : Token.EndArray
        token = this.next(isObject ? 'object' : 'array', end)
        if (token === Token.Comma) {
          if (isObject) container.key = this.key(this.next('object key', Token.String))
          token = this.next('value', '')
          break
        }
        if (token !== end) throw this.unexpected(token)
        value = isObject ? container.builder.build() : container.list
        containers.pop()
      }
    }
  }

  /** Takes a key and the colon after it. */
  private key(token: Token): ByteString {
    if (token !== Token.String) throw this.unexpected(token)
    const key = withoutNull(this.value)
    const colon = this.next('object separator', Token.Colon)
    if (colon !== Token.Colon) throw this.unexpected(colon)
    return key
  }

  private skipByteOrderMark(): void {
    for (const byte of '\xef\xbb\xbf') {
      if (this.text[this.at++] !== byte) {
        throw this.lastRead('invalid BOM; must be 0xEF 0xBB 0xBF if given')
      }
    }
  }

  /** Reads a token. For messages: what is being read, and what must come, '' for any value. */
  private next(context: string, expected: string): Token {
    const { text } = this
    this.context = context
    this.expected = expected
    let char = text[this.at]
    while (char === ' ' || char === '\n' || char === '\t' || char === '\r') char = text[++this.at]
    const begin = this.at++
    switch (char) {
      case '[':
        return Token.BeginArray
      case ']':
        return Token.EndArray
      case '{':
        return Token.BeginObject
      case '}':
        return Token.EndObject
      case ':':
        return Token.Colon
      case ',':
        return Token.Comma
      case undefined:
        return Token.End
      case 't':
        return this.literal('true', Token.True)
      case 'f':
        return this.literal('false', Token.False)
      case 'n':
        return this.literal('null', Token.Null)
      case '"':
        this.start = begin
        this.value = this.string()
        return Token.String
    }
    if (char !== '-' && !isDigit(char)) throw this.lastRead('invalid literal')
    this.start = begin
    this.skipNumber(begin)
    return Token.Number
  }

  private literal(word: string, token: Token): Token {
    for (let i = 1; i < word.length; i++) {
      if (this.text[this.at++] !== word[i]) throw this.lastRead('invalid literal')
    }
    return token
  }

  private string(): ByteString {
    const { text } = this
    const parts: ByteString[] = []
    let from = this.at
    for (;;) {
      const code = text.charCodeAt(this.at++)
      if (code === 0x22) {
        parts.push(text.slice(from, this.at - 1))
        return parts.length === 1 ? parts[0] : parts.join('')
      }
      if (code === 0x5c) {
        parts.push(text.slice(from, this.at - 1), this.escape())
        from = this.at
      } else if (code < 0x20) {
        const hex = `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`
        const short = shortEscapes[code] === undefined ? '' : ` or ${shortEscapes[code]}`
        throw this.lastRead(
          `invalid string: control character U+${hex.slice(2)} (${controlNames[code]}) must be escaped to ${hex}${short}`,
        )
      } else if (code >= 0x80) this.character()
      else if (Number.isNaN(code)) {
        throw this.lastRead('invalid string: missing closing quote')
      }
    }
  }

  /** The rest of a character whose first byte, beyond ASCII, has been read. */
  private character(): void {
    const begin = this.at - 1
    const lead = this.text.charCodeAt(begin)
    const end = begin + (lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4)
    const invalid = invalidUtf8(this.text.slice(begin, end))
    if (invalid >= 0) {
      this.at = begin + invalid + 1
      throw this.lastRead('invalid string: ill-formed UTF-8 byte')
    }
    this.at = end
  }

  private escape(): ByteString {
    const char = this.text[this.at++]
    if (char !== 'u') {
      const simple = char === undefined ? undefined : simpleEscapes[char]
      if (simple !== undefined) return simple
      throw this.lastRead('invalid string: forbidden character after backslash')
    }
    const first = this.codeUnit()
    if (first >= 0xdc00 && first <= 0xdfff) {
      throw this.lastRead('invalid string: surrogate U+DC00..U+DFFF must follow U+D800..U+DBFF')
    }
    if (first < 0xd800 || first > 0xdbff) return utf8Character(first)
    const lonely = 'invalid string: surrogate U+D800..U+DBFF must be followed by U+DC00..U+DFFF'
    if (this.text[this.at++] !== '\\') throw this.lastRead(lonely)
    if (this.text[this.at++] !== 'u') throw this.lastRead(lonely)
    const second = this.codeUnit()
    if (second < 0xdc00 || second > 0xdfff) throw this.lastRead(lonely)
    return utf8Character(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))
  }

  private codeUnit(): number {
    let unit = 0
    for (let i = 0; i < 4; i++) {
      const char = this.text[this.at++]
      if (char === undefined || !/[0-9a-fA-F]/.test(char)) {
        throw this.lastRead("invalid string: '\\u' must be followed by 4 hex digits")
      }
      unit = unit * 16 + parseInt(char, 16)
    }
    return unit
  }

  private skipNumber(begin: number): void {
    const { text } = this
    const digits = (expected: string) => {
      if (!isDigit(text[this.at++])) {
        throw this.lastRead(`invalid number; expected ${expected}`)
      }
      while (isDigit(text[this.at])) this.at++
    }
    this.at = begin
    if (text[this.at] === '-') this.at++
    // A zero ends the integral part: further digits are a number of their own.
    if (text[this.at] === '0') this.at++
    else digits("digit after '-'")
    if (text[this.at] === '.') {
      this.at++
      digits("digit after '.'")
    }
    if (text[this.at] === 'e' || text[this.at] === 'E') {
      this.at++
      if (text[this.at] === '+' || text[this.at] === '-') {
        this.at++
        digits('digit after exponent sign')
      } else digits("'+', '-', or digit after exponent")
    }
  }

  /** The number that has just been read: only where it is used may it be out of range. */
  private number(): Value {
    const literal = this.text.slice(this.start, this.at)
    if (/^-?\d+$/.test(literal)) {
      const int = BigInt(literal)
      if (int >= minInt && int <= maxInt) return normaliseInt(int)
      if (int > 0n && int <= maxUnsigned) {
        throw new NixError('parse', `unsigned json number ${int} outside of Nix integer range`)
      }
    }
    const float = Number(literal)
    if (Number.isFinite(float)) return new Float(float)
    throw jsonError(`[json.exception.out_of_range.406] number overflow parsing '${literal}'`)
  }

  /** A token that does not fit. */
  private unexpected(token: Token): NixError {
    return this.syntaxError(`unexpected ${token}`, token)
  }

  /** Text that is no token. */
  private lastRead(message: string): NixError {
    return this.syntaxError(`${message}; last read: '${this.shown()}'`, null)
  }

  private shown(): ByteString {
    return this.text
      .slice(this.start, this.at)
      .replace(
        /[\x00-\x1f]/g,
        (char) => `<U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}>`,
      )
  }

  private syntaxError(message: string, token: Token | null): NixError {
    const before = this.text.slice(0, this.at)
    const lineStart = before.lastIndexOf('\n') + 1
    const line = before.split('\n').length
    // The library looks one character beyond a number; a line break there resets its column.
    const column = token === Token.Number && this.text[this.at] === '\n' ? 0 : this.at - lineStart
    const expected = this.expected === '' ? '' : `; expected ${this.expected}`
    return jsonError(
      `[json.exception.parse_error.101] parse error at line ${line}, column ${column}: syntax error while parsing ${this.context} - ${message}${expected}`,
    )
  }
}

function jsonError(message: ByteString): NixError {
  return new NixError('parse', message).addFrame('while decoding a JSON string', 0)
}

function isDigit(char: string | undefined): boolean {
  return char !== undefined && char >= '0' && char <= '9'
}
