/**
 * Reads a text into a sketch. Unlike the parser (language/parser.ts) it makes the best of any text:
 * what is being typed is hardly ever right. On texts that are, both agree on what each variable
 * means, which a test sees to.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import { firstBinary, lastBinary, Token } from '../language/token'
import { BindingReader } from './read-sketch-bindings'
import { unknown, type Shape, type Sketch } from './sketch'
import { maxDepth } from './sketch-cursor'

export function readSketch(source: ByteString): Sketch {
  return new Reader(source).read()
}

class Reader extends BindingReader {
  read(): Sketch {
    this.next()
    const value = this.expression()
    while (this.lexer.token !== Token.EndOfFile) {
      const { start } = this.lexer
      this.expression()
      if (this.lexer.start === start) this.next()
    }
    const { source, root, occurrences, outline, prose } = this
    prose.sort((a, b) => a.start - b.start)
    occurrences.sort((a, b) => a.start - b.start)
    return { source, root, value, occurrences, outline, prose }
  }

  protected expression(): Shape {
    if (this.depth >= maxDepth) {
      this.skip()
      return unknown
    }
    this.depth++
    try {
      return this.startsLambda() ? this.lambda() : this.prefixed()
    } finally {
      this.depth--
    }
  }

  private prefixed(): Shape {
    switch (this.lexer.token) {
      case Token.If:
        return this.conditional()
      case Token.With:
        return this.withExpression()
      case Token.Assert:
        this.next()
        this.within(Token.Semicolon, () => this.expression())
        this.accept(Token.Semicolon)
        return this.expression()
      case Token.Let:
        if (!this.isAncientLet()) return this.letExpression()
    }
    return this.operators()
  }

  private conditional(): Shape {
    while (this.lexer.token === Token.If) {
      this.next()
      this.within(Token.Then, () => this.expression())
      if (!this.accept(Token.Then)) return unknown
      this.within(Token.Else, () => this.expression())
      if (!this.accept(Token.Else)) return unknown
    }
    this.expression()
    return unknown
  }

  private withExpression(): Shape {
    this.next()
    const subject = this.within(Token.Semicolon, () => this.expression())
    const scope = this.open('with', this.lexer.end)
    scope.subject = subject
    this.accept(Token.Semicolon)
    const body = this.expression()
    this.close(scope)
    return body
  }

  private letExpression(): Shape {
    const scope = this.open('let', this.lexer.end)
    this.next()
    this.within(Token.In, () => this.bindings(scope.definitions, 'let', scope, unknown))
    const body = this.accept(Token.In) ? this.expression() : unknown
    this.close(scope)
    return body
  }

  /** Operands with what stands between them; how tightly it binds makes no difference here. */
  private operators(): Shape {
    let shape = this.operand()
    for (;;) {
      const { token } = this.lexer
      if (token < firstBinary || token > lastBinary) return shape
      this.next()
      if (token === Token.Question) {
        this.attributePath(shape)
        shape = unknown
      } else if (token === Token.Update) {
        shape = { kind: 'update', left: shape, right: this.operand() }
      } else {
        this.operand()
        shape = unknown
      }
    }
  }

  private operand(): Shape {
    let negated = false
    while (this.lexer.token === Token.Not || this.lexer.token === Token.Minus) {
      negated = true
      this.next()
    }
    // A value that is not written yet: the next binding is not it.
    if (this.startsBinding()) return unknown
    // Not right after an operator, but it is what was meant.
    if (this.startsExpression()) return this.expression()
    let shape = this.selection(unknown)
    for (;;) {
      if (this.lexer.token === Token.OrKeyword) this.next()
      else if (this.startsSimple()) {
        shape = { kind: 'call', fn: shape, argument: this.selection(shape) }
      } else return negated ? unknown : shape
    }
  }

  /** A simple expression with what is selected from it. */
  private selection(argumentOf: Shape): Shape {
    let shape = this.simple(argumentOf)
    while (this.lexer.token === Token.Dot) {
      this.next()
      shape = this.attributePath(shape)
      if (!this.accept(Token.OrKeyword)) continue
      if (this.startsSimple()) this.simple(unknown)
      shape = unknown
    }
    return shape
  }

  private simple(argumentOf: Shape): Shape {
    const { lexer } = this
    const { start, end } = lexer
    switch (lexer.token) {
      case Token.Identifier: {
        const { scope } = this
        const name = this.name()
        this.occurrences.push({ kind: 'variable', name, scope, start, end })
        this.next()
        return { kind: 'variable', name, scope }
      }
      case Token.Integer:
        this.next()
        return { kind: 'literal', type: 'int' }
      case Token.Float:
        this.next()
        return { kind: 'literal', type: 'float' }
      case Token.Quote:
      case Token.IndentedOpen:
        this.string()
        return { kind: 'literal', type: 'string' }
      case Token.Uri:
        this.next()
        return { kind: 'literal', type: 'string' }
      case Token.Path:
      case Token.HomePath:
        return this.path()
      case Token.SearchPath:
        this.next()
        return { kind: 'path', text: this.source.slice(start, end) }
      case Token.LeftParenthesis:
        this.next()
        return this.parenthesised()
      case Token.LeftBracket:
        this.list()
        return { kind: 'literal', type: 'list' }
      case Token.Rec:
        this.next()
        return this.lexer.token === Token.LeftBrace ? this.set(true, argumentOf) : unknown
      case Token.Let:
        // `let { …; body = …; }`
        this.next()
        return { kind: 'member', of: this.set(true, unknown), name: 'body' }
      case Token.LeftBrace:
        return this.set(false, argumentOf)
      default:
        return unknown
    }
  }

  private list(): void {
    if (this.depth >= maxDepth) {
      this.skipOne()
      return
    }
    this.depth++
    this.next()
    this.within(Token.RightBracket, () => {
      while (!this.isEnd()) {
        if (this.startsSimple()) this.selection(unknown)
        else this.next()
      }
    })
    this.accept(Token.RightBracket)
    this.depth--
  }

  /** Names selected from a value. */
  private attributePath(subject: Shape): Shape {
    let shape = subject
    for (const { name, start, end } of this.names()) {
      if (name === null) {
        shape = unknown
        continue
      }
      this.occurrences.push({ kind: 'attribute', name, of: shape, start, end })
      shape = { kind: 'member', of: shape, name }
    }
    return shape
  }
}
