/**
 * Cuts a source text into tokens, as Nix's lexer does: the longest match wins, so that `a/b` is a
 * path, `x:y` a URI and `a-b` a name.
 *
 * The lexer holds one token at a time, in its fields. Where a string, an indented string or a path
 * begins, the parser reads on with the methods for those: only it knows whether a `}` ends an
 * interpolation.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import { hashByte, internSlice, type Symbol } from './symbols'
import { Token } from './token'

/** What a byte can begin, or be part of. */
const enum Byte {
  Letter = 1,
  Digit = 2,
  /** Part of an identifier. */
  Name = 4,
  /** Part of a path. */
  Path = 8,
  /** Part of a URI after the colon. */
  Uri = 16,
  /** Ends the plain run of a quoted string. */
  QuotedStop = 32,
}

const byteClasses = classifyBytes()

function classifyBytes(): Uint8Array {
  const classes = new Uint8Array(256)
  const add = (bytes: string, flag: number): void => {
    for (let i = 0; i < bytes.length; i++) classes[bytes.charCodeAt(i)] |= flag
  }
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
  const digits = '0123456789'
  add(letters, Byte.Letter | Byte.Name | Byte.Path | Byte.Uri)
  add(digits, Byte.Digit | Byte.Name | Byte.Path | Byte.Uri)
  add('_', Byte.Letter)
  add("_'-", Byte.Name)
  add('._-+', Byte.Path)
  add("%/?:@&=+$,-_.!~*'", Byte.Uri)
  add('"\\$\r\0', Byte.QuotedStop)
  return classes
}

/** By symbol: the tokens of keywords, which are the first symbols. */
const keywordTokens: readonly Token[] = [
  Token.Invalid,
  Token.If,
  Token.Then,
  Token.Else,
  Token.Assert,
  Token.With,
  Token.Let,
  Token.In,
  Token.Rec,
  Token.Inherit,
  Token.OrKeyword,
]

/** What ended a piece of a string. */
export const enum Stop {
  Quote,
  Interpolation,
  EndOfFile,
}

export class Lexer {
  readonly source: ByteString
  /** The source and a NUL, so that reading one byte past the end needs no check. */
  private readonly text: ByteString
  readonly length: number

  token: Token = Token.EndOfFile
  /** Where the token begins; for an end of file the end of the text. */
  start = 0
  end = 0
  /** Where the token before ended. */
  previousEnd = 0
  /** The name, where the token is an identifier. */
  symbol: Symbol = 0

  /** What ended the piece that `quotedPiece` read. */
  stop: Stop = Stop.EndOfFile
  /** Whether the piece that `quotedPiece` read holds a NUL. */
  hasNul = false

  /** No path and no URI begins before this offset: that run of bytes has been looked through. */
  private plainUntil = 0

  constructor(source: ByteString) {
    this.source = source
    this.text = source + '\0'
    this.length = source.length
  }

  /** Reads the next token and gives its kind. */
  advance(): Token {
    this.next()
    return this.token
  }

  /** Reads the next token, from `end` on. */
  next(): void {
    const text = this.text
    const classes = byteClasses
    this.previousEnd = this.end
    let p = this.end
    let c = text.charCodeAt(p)
    for (;;) {
      if (c === 0x20 || c === 0x0a || c === 0x09 || c === 0x0d) {
        c = text.charCodeAt(++p)
      } else if (c === 0x23) {
        do c = text.charCodeAt(++p)
        while (c !== 0x0a && c !== 0x0d && (c !== 0 || p < this.length))
      } else if (c === 0x2f && text.charCodeAt(p + 1) === 0x2a) {
        const close = text.indexOf('*/', p + 2)
        if (close < 0) break
        p = close + 2
        c = text.charCodeAt(p)
      } else {
        break
      }
    }
    this.start = p

    if ((classes[c] & Byte.Letter) !== 0) {
      let hash = c
      let q = p + 1
      let d = text.charCodeAt(q)
      while ((classes[d] & Byte.Name) !== 0) {
        hash = hashByte(hash, d)
        d = text.charCodeAt(++q)
      }
      if ((d === 0x2e || d === 0x2f || d === 0x3a || d === 0x2b) && this.pathOrUri(p)) return
      const symbol = internSlice(text, p, q, hash)
      this.symbol = symbol
      this.token = symbol < keywordTokens.length ? keywordTokens[symbol] : Token.Identifier
      this.end = q
      return
    }

    switch (c) {
      case 0x22:
        return this.set(Token.Quote, p + 1)
      case 0x27:
        if (text.charCodeAt(p + 1) !== 0x27) break
        return this.set(Token.IndentedOpen, this.afterIndentedOpen(p + 2))
      case 0x28:
        return this.set(Token.LeftParenthesis, p + 1)
      case 0x29:
        return this.set(Token.RightParenthesis, p + 1)
      case 0x5b:
        return this.set(Token.LeftBracket, p + 1)
      case 0x5d:
        return this.set(Token.RightBracket, p + 1)
      case 0x7b:
        return this.set(Token.LeftBrace, p + 1)
      case 0x7d:
        return this.set(Token.RightBrace, p + 1)
      case 0x3b:
        return this.set(Token.Semicolon, p + 1)
      case 0x3a:
        return this.set(Token.Colon, p + 1)
      case 0x2c:
        return this.set(Token.Comma, p + 1)
      case 0x40:
        return this.set(Token.At, p + 1)
      case 0x3f:
        return this.set(Token.Question, p + 1)
      case 0x2a:
        return this.set(Token.Times, p + 1)
      case 0x3d:
        if (text.charCodeAt(p + 1) === 0x3d) return this.set(Token.Equal, p + 2)
        return this.set(Token.Assign, p + 1)
      case 0x21:
        if (text.charCodeAt(p + 1) === 0x3d) return this.set(Token.NotEqual, p + 2)
        return this.set(Token.Not, p + 1)
      case 0x26:
        if (text.charCodeAt(p + 1) === 0x26) return this.set(Token.And, p + 2)
        break
      case 0x7c:
        if (text.charCodeAt(p + 1) === 0x7c) return this.set(Token.Or, p + 2)
        if (text.charCodeAt(p + 1) === 0x3e) return this.set(Token.PipeInto, p + 2)
        break
      case 0x24:
        if (text.charCodeAt(p + 1) === 0x7b) return this.set(Token.DollarBrace, p + 2)
        break
      case 0x3c:
        return this.less(p)
      case 0x3e:
        if (text.charCodeAt(p + 1) === 0x3d) return this.set(Token.GreaterOrEqual, p + 2)
        return this.set(Token.Greater, p + 1)
      case 0x2e:
        return this.dot(p)
      case 0x2b:
        if (this.pathOrUri(p)) return
        if (text.charCodeAt(p + 1) === 0x2b) return this.set(Token.Concat, p + 2)
        return this.set(Token.Plus, p + 1)
      case 0x2d:
        if (text.charCodeAt(p + 1) === 0x3e) return this.set(Token.Implies, p + 2)
        if (this.pathOrUri(p)) return
        return this.set(Token.Minus, p + 1)
      case 0x2f:
        if (text.charCodeAt(p + 1) === 0x2f) return this.set(Token.Update, p + 2)
        if (this.pathOrUri(p)) return
        return this.set(Token.Slash, p + 1)
      case 0x7e:
        if (text.charCodeAt(p + 1) === 0x2f) {
          const end = this.pathEnd(p + 1)
          if (end > 0) return this.set(Token.HomePath, end)
        }
        break
      case 0x30:
      case 0x31:
      case 0x32:
      case 0x33:
      case 0x34:
      case 0x35:
      case 0x36:
      case 0x37:
      case 0x38:
      case 0x39:
        if (this.pathOrUri(p)) return
        return this.number(p, c)
      case 0:
        if (p >= this.length) return this.set(Token.EndOfFile, p)
    }
    this.set(Token.Invalid, p + 1)
  }

  private set(token: Token, end: number): void {
    this.token = token
    this.end = end
  }

  /** `<a/b>`, `<=`, `<|` or `<`. */
  private less(p: number): void {
    const text = this.text
    let q = p + 1
    for (;;) {
      const from = q
      while ((byteClasses[text.charCodeAt(q)] & Byte.Path) !== 0) q++
      if (q === from) break
      const c = text.charCodeAt(q)
      if (c === 0x3e) return this.set(Token.SearchPath, q + 1)
      if (c !== 0x2f) break
      q++
    }
    const c = text.charCodeAt(p + 1)
    if (c === 0x3d) return this.set(Token.LessOrEqual, p + 2)
    if (c === 0x7c) return this.set(Token.PipeFrom, p + 2)
    this.set(Token.Less, p + 1)
  }

  /** A path, `...`, `.5` or `.`. */
  private dot(p: number): void {
    const text = this.text
    if (this.pathOrUri(p)) return
    const c = text.charCodeAt(p + 1)
    if (c === 0x2e && text.charCodeAt(p + 2) === 0x2e) return this.set(Token.Ellipsis, p + 3)
    if ((byteClasses[c] & Byte.Digit) !== 0) return this.set(Token.Float, this.fraction(p + 1))
    this.set(Token.Dot, p + 1)
  }

  /** `12`, `1.`, `1.5`, `0.5e3`: a float has a point, and no zeros in front but one before it. */
  private number(p: number, first: number): void {
    const text = this.text
    let q = p + 1
    while ((byteClasses[text.charCodeAt(q)] & Byte.Digit) !== 0) q++
    if (text.charCodeAt(q) === 0x2e) {
      if (first !== 0x30) return this.set(Token.Float, this.fraction(q + 1))
      if (q === p + 1 && (byteClasses[text.charCodeAt(q + 1)] & Byte.Digit) !== 0) {
        return this.set(Token.Float, this.fraction(q + 1))
      }
    }
    this.set(Token.Integer, q)
  }

  /** The end of the digits and the exponent after a point. */
  private fraction(p: number): number {
    const text = this.text
    let q = p
    while ((byteClasses[text.charCodeAt(q)] & Byte.Digit) !== 0) q++
    const e = text.charCodeAt(q)
    if (e !== 0x65 && e !== 0x45) return q
    let r = q + 1
    const sign = text.charCodeAt(r)
    if (sign === 0x2b || sign === 0x2d) r++
    const digits = r
    while ((byteClasses[text.charCodeAt(r)] & Byte.Digit) !== 0) r++
    return r === digits ? q : r
  }

  /** If a path or a URI begins here, makes it the token. */
  private pathOrUri(p: number): boolean {
    if (p < this.plainUntil) return false
    const text = this.text
    let q = p
    while ((byteClasses[text.charCodeAt(q)] & Byte.Path) !== 0) q++
    const c = text.charCodeAt(q)
    if (c === 0x2f) {
      const end = this.pathEnd(q)
      if (end > 0) {
        this.set(Token.Path, end)
        return true
      }
    } else if (c === 0x3a && (byteClasses[text.charCodeAt(q + 1)] & Byte.Uri) !== 0) {
      // What follows could make any later start in this run a URI, so it is not marked plain.
      if (!this.isScheme(p, q)) return false
      let end = q + 2
      while ((byteClasses[text.charCodeAt(end)] & Byte.Uri) !== 0) end++
      this.set(Token.Uri, end)
      return true
    }
    this.plainUntil = q
    return false
  }

  private isScheme(start: number, end: number): boolean {
    const text = this.text
    if ((byteClasses[text.charCodeAt(start)] & Byte.Letter) === 0) return false
    for (let i = start; i < end; i++) if (text.charCodeAt(i) === 0x5f) return false
    return true
  }

  /**
   * The end of the path whose first slash is at `slash`, or 0 if that slash makes no path. A path is
   * segments and perhaps a last slash; a single slash will do where an interpolation follows.
   */
  private pathEnd(slash: number): number {
    const text = this.text
    let p = slash
    while ((byteClasses[text.charCodeAt(p + 1)] & Byte.Path) !== 0) {
      p += 2
      while ((byteClasses[text.charCodeAt(p)] & Byte.Path) !== 0) p++
      if (text.charCodeAt(p) !== 0x2f) return p
    }
    if (p > slash) return p + 1
    if (text.charCodeAt(p + 1) === 0x24 && text.charCodeAt(p + 2) === 0x7b) return p + 1
    return 0
  }

  /** The end of the piece of a path that begins at `p`, after an interpolation or a slash. */
  pathPieceEnd(p: number): number {
    const text = this.text
    let q = p
    while ((byteClasses[text.charCodeAt(q)] & Byte.Path) !== 0) q++
    if (text.charCodeAt(q) !== 0x2f) return q
    let slash = q
    while ((byteClasses[text.charCodeAt(slash + 1)] & Byte.Path) !== 0) {
      slash += 2
      while ((byteClasses[text.charCodeAt(slash)] & Byte.Path) !== 0) slash++
      if (text.charCodeAt(slash) !== 0x2f) return slash
    }
    return slash + 1
  }

  /** Whether `${` stands at `p`. */
  isInterpolation(p: number): boolean {
    return this.text.charCodeAt(p) === 0x24 && this.text.charCodeAt(p + 1) === 0x7b
  }

  /**
   * Reads a `"` string on from `end` to its end or to an interpolation, resolving escapes; `stop`
   * says which, and `end` is after it.
   */
  quotedPiece(): ByteString {
    const text = this.text
    const source = this.source
    let piece = ''
    let from = this.end
    let p = from
    this.hasNul = false
    for (;;) {
      while ((byteClasses[text.charCodeAt(p)] & Byte.QuotedStop) === 0) p++
      switch (text.charCodeAt(p)) {
        case 0x22:
          this.stop = Stop.Quote
          this.end = p + 1
          return from === p ? piece : piece + source.slice(from, p)
        case 0x24: {
          const c = text.charCodeAt(p + 1)
          if (c === 0x7b) {
            this.stop = Stop.Interpolation
            this.end = p + 2
            return from === p ? piece : piece + source.slice(from, p)
          }
          // `$$` is two dollars, and the second begins no interpolation.
          p += c === 0x24 ? 2 : 1
          break
        }
        case 0x5c: {
          if (p + 1 >= this.length) return this.unfinished(piece + source.slice(from, p))
          piece += source.slice(from, p) + unescape(text.charCodeAt(p + 1))
          if (text.charCodeAt(p + 1) === 0) this.hasNul = true
          p += 2
          from = p
          break
        }
        case 0x0d:
          piece += source.slice(from, p) + '\n'
          p += text.charCodeAt(p + 1) === 0x0a ? 2 : 1
          from = p
          break
        default:
          if (p >= this.length) return this.unfinished(piece + source.slice(from, p))
          this.hasNul = true
          p++
      }
    }
  }

  /**
   * Reads an indented string on from `end` to its end or to an interpolation, and gives its pieces to
   * `take`; `stop` says which, and `end` is after it.
   */
  indentedPieces(take: IndentedPieces): void {
    const text = this.text
    let from = this.end
    let p = from
    for (;;) {
      const c = text.charCodeAt(p)
      if (c === 0x27) {
        const d = text.charCodeAt(p + 1)
        if (d === 0x27) {
          if (p > from) take.addText(this.source.slice(from, p), true, from)
          const e = text.charCodeAt(p + 2)
          if (e === 0x24) {
            take.addText('$', false, p)
            p += 3
          } else if (e === 0x27) {
            take.addText("''", false, p)
            p += 3
          } else if (e === 0x5c && p + 3 < this.length) {
            take.addText(unescape(text.charCodeAt(p + 3)), false, p)
            p += 4
          } else {
            this.stop = Stop.Quote
            this.end = p + 2
            return
          }
          from = p
        } else if (d === 0x24) {
          // A quote before a dollar is a piece of its own, and does not count as indented text.
          if (p > from) take.addText(this.source.slice(from, p), true, from)
          take.addText("'", false, p)
          p++
          from = p
        } else {
          p++
        }
      } else if (c === 0x24) {
        const d = text.charCodeAt(p + 1)
        if (d === 0x7b) {
          if (p > from) take.addText(this.source.slice(from, p), true, from)
          this.stop = Stop.Interpolation
          this.end = p + 2
          return
        }
        if (d === 0x27) {
          if (p > from) take.addText(this.source.slice(from, p), true, from)
          take.addText('$', false, p)
          p++
          from = p
        } else {
          p += d === 0x24 ? 2 : 1
        }
      } else if (c === 0 && p >= this.length) {
        if (p > from) take.addText(this.source.slice(from, this.length), true, from)
        this.unfinished('')
        return
      } else {
        p++
      }
    }
  }

  /** The end of the text after `''`: spaces and a line break right behind it belong to it. */
  private afterIndentedOpen(p: number): number {
    let q = p
    while (this.text.charCodeAt(q) === 0x20) q++
    return this.text.charCodeAt(q) === 0x0a ? q + 1 : p
  }

  private unfinished(piece: ByteString): ByteString {
    this.stop = Stop.EndOfFile
    this.end = this.length
    return piece
  }
}

/** What takes the pieces of an indented string. */
export interface IndentedPieces {
  /** `indented` is false for escapes, whose spaces are text. */
  addText(text: ByteString, indented: boolean, start: number): void
}

function unescape(c: number): ByteString {
  switch (c) {
    case 0x6e:
      return '\n'
    case 0x72:
      return '\r'
    case 0x74:
      return '\t'
    default:
      return String.fromCharCode(c)
  }
}
