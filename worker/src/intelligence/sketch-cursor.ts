/** Where a reader of sketches is in a text: the token under it, what is open around it, what is next. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { Lexer, Stop } from '../language/lexer'
import { symbolNames } from '../language/symbols'
import { lastSimpleStart, Token } from '../language/token'
import type { Span } from './sketch'

/** Deeper nesting is skipped: readers call themselves, and a worker's stack is small. */
export const maxDepth = 120

/** What ends the construct that is being read, by how many such constructs are open. */
type Closers = Map<Token, number>

export class SketchCursor {
  protected readonly lexer: Lexer
  /** Comments and the texts of strings. */
  protected readonly prose: Span[] = []
  protected depth = 0
  private readonly closers: Closers = new Map()

  constructor(protected readonly source: ByteString) {
    this.lexer = new Lexer(source)
  }

  protected next(): void {
    this.lexer.next()
    const { previousEnd, start } = this.lexer
    if (start > previousEnd) this.comments(previousEnd, start)
  }

  private comments(from: number, to: number): void {
    let at = from
    while (at < to) {
      const c = this.source[at]
      if (c === '#') {
        let end = at
        while (end < to && this.source[end] !== '\n' && this.source[end] !== '\r') end++
        this.prose.push({ start: at + 1, end })
        at = end
      } else if (c === '/') {
        const end = this.source.indexOf('*/', at + 2) + 2
        this.prose.push({ start: at + 1, end: end - 1 })
        at = end
      } else at++
    }
  }

  protected accept(token: Token): boolean {
    if (this.lexer.token !== token) return false
    this.next()
    return true
  }

  protected name(): ByteString {
    return symbolNames[this.lexer.symbol]
  }

  /** Does something that a token ends. */
  protected within<T>(closer: Token, work: () => T): T {
    const before = this.closers.get(closer) ?? 0
    this.closers.set(closer, before + 1)
    try {
      return work()
    } finally {
      this.closers.set(closer, before)
    }
  }

  /** Whether the token ends something that is open. */
  protected isEnd(): boolean {
    const { token } = this.lexer
    return token === Token.EndOfFile || (this.closers.get(token) ?? 0) > 0
  }

  /** Skips what nests too deeply, to what ends it. Brackets and strings in it are kept whole. */
  protected skip(): void {
    while (!this.isEnd()) this.skipOne()
  }

  /** Skips a token, or all between two brackets or quotes. */
  protected skipOne(): void {
    const { lexer } = this
    const open: Token[] = []
    do {
      const inString = open.at(-1)
      switch (lexer.token) {
        case Token.EndOfFile:
          return
        case Token.LeftParenthesis:
          open.push(Token.RightParenthesis)
          break
        case Token.LeftBracket:
          open.push(Token.RightBracket)
          break
        case Token.LeftBrace:
        case Token.DollarBrace:
          open.push(Token.RightBrace)
          break
        case Token.Quote:
        case Token.IndentedOpen:
          this.skipText(lexer.token, open)
          break
        case inString:
          open.pop()
          // The brace that ends an interpolation: its string goes on.
          if (open.at(-1) === Token.Quote || open.at(-1) === Token.IndentedOpen) {
            this.skipText(open.pop()!, open)
          }
      }
      this.next()
    } while (open.length > 0)
  }

  private skipText(kind: Token, open: Token[]): void {
    const { lexer } = this
    if (kind === Token.Quote) lexer.quotedPiece()
    else lexer.indentedPieces({ addText() {} })
    if (lexer.stop === Stop.Interpolation) open.push(kind, Token.RightBrace)
  }

  protected startsName(): boolean {
    switch (this.lexer.token) {
      case Token.Identifier:
      case Token.OrKeyword:
      case Token.Quote:
      case Token.DollarBrace:
        return true
      default:
        return false
    }
  }

  protected startsExpression(): boolean {
    switch (this.lexer.token) {
      case Token.If:
      case Token.With:
      case Token.Assert:
        return true
      case Token.Let:
        return !this.isAncientLet()
      default:
        return this.startsLambda()
    }
  }

  protected startsSimple(): boolean {
    const { token } = this.lexer
    if (token < Token.Identifier || token > lastSimpleStart) return false
    return token !== Token.Identifier || !this.startsBinding()
  }

  /** Whether `a.b =` stands here: a semicolon is missing before it. */
  protected startsBinding(): boolean {
    if (this.lexer.token !== Token.Identifier) return false
    return this.peek(() => {
      let token = this.lexer.advance()
      while (token === Token.Dot) {
        if (this.lexer.advance() !== Token.Identifier) return false
        token = this.lexer.advance()
      }
      return token === Token.Assign
    })
  }

  protected startsLambda(): boolean {
    const { lexer } = this
    if (lexer.token === Token.Identifier) {
      return this.peek(() => {
        const token = lexer.advance()
        return token === Token.Colon || token === Token.At
      })
    }
    if (lexer.token !== Token.LeftBrace) return false
    return this.peek(() => {
      let token = lexer.advance()
      if (token === Token.Ellipsis) return true
      if (token === Token.Identifier) {
        token = lexer.advance()
        if (token === Token.Comma || token === Token.Question) return true
      }
      if (token !== Token.RightBrace) return false
      token = lexer.advance()
      return token === Token.Colon || token === Token.At
    })
  }

  protected isAncientLet(): boolean {
    return this.peek(() => {
      this.lexer.next()
      return this.lexer.token === Token.LeftBrace
    })
  }

  /** Looks ahead, no further than one token that is no name, dot or bracket. */
  private peek(look: () => boolean): boolean {
    const { lexer } = this
    const { token, start, end, previousEnd, symbol } = lexer
    const seen = look()
    Object.assign(lexer, { token, start, end, previousEnd, symbol })
    return seen
  }
}
