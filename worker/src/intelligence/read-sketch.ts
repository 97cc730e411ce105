/**
 * Reads a text into a sketch. Unlike the parser (language/parser.ts) it makes the best of any text:
 * what is being typed is hardly ever right. On texts that are, both agree on what each variable
 * means, which a test sees to.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import { Lexer, Stop } from '../language/lexer'
import { symbolNames } from '../language/symbols'
import { firstBinary, lastBinary, lastSimpleStart, Token } from '../language/token'
import {
  unknown,
  type Definition,
  type Occurrence,
  type Scope,
  type Shape,
  type Sketch,
  type Span,
} from './sketch'

/** Deeper nesting is skipped: the reader calls itself, and a worker's stack is small. */
const maxDepth = 120

/** What ends the construct that is being read, by how many such constructs are open. */
type Closers = Map<Token, number>

/** A part of an attribute path; no name where it is known only at run time. */
interface PathName extends Span {
  name: ByteString | null
}

export function readSketch(source: ByteString): Sketch {
  return new Reader(source).read()
}

class Reader {
  private readonly lexer: Lexer
  private readonly occurrences: Occurrence[] = []
  private readonly prose: Span[] = []
  private readonly closers: Closers = new Map()
  private readonly outline: Definition[] = []
  /** Where bindings that are read next belong. */
  private container = this.outline
  private readonly root: Scope
  private scope: Scope
  private depth = 0

  constructor(private readonly source: ByteString) {
    this.lexer = new Lexer(source)
    const span = { start: 0, end: source.length }
    this.root = {
      kind: 'root',
      parent: null,
      definitions: new Map(),
      subject: unknown,
      ...span,
    }
    this.scope = this.root
  }

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

  /** An expression; consumes nothing where none begins. */
  private expression(): Shape {
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

  /** Functions of one parameter each, one around the other. */
  private lambda(): Shape {
    const scopes: Scope[] = []
    const parameters: ByteString[] = []
    do {
      const scope = this.open('lambda', this.lexer.start)
      scopes.push(scope)
      const { start } = this.lexer
      if (this.lexer.token === Token.Identifier) this.parameter('parameter')
      if (this.accept(Token.At) || this.lexer.token === Token.LeftBrace) {
        const [before] = scope.definitions.values()
        if (before !== undefined) before.kind = 'argument'
        if (this.accept(Token.LeftBrace)) this.formals()
        if (this.accept(Token.At) && this.lexer.token === Token.Identifier) {
          this.parameter('argument')
        }
      }
      parameters.push(this.source.slice(start, this.lexer.previousEnd))
      this.accept(Token.Colon)
    } while (this.startsLambda())
    let shape = this.expression()
    for (const scope of scopes.reverse()) {
      this.close(scope)
      shape = { kind: 'lambda', parameter: parameters.pop() ?? '', body: shape }
    }
    return shape
  }

  private parameter(kind: 'parameter' | 'formal' | 'argument'): Definition {
    const { start, end } = this.lexer
    const definition = this.definition(kind, { start, end, name: this.name() }, start)
    this.scope.definitions.set(definition.name, definition)
    this.occurrences.push({ kind: 'definition', definition, argumentOf: unknown, start, end })
    this.next()
    return definition
  }

  private formals(): void {
    this.within(Token.RightBrace, () => {
      while (!this.isEnd() && this.lexer.token !== Token.Colon) {
        if (this.lexer.token !== Token.Identifier) {
          this.next()
          continue
        }
        const formal = this.parameter('formal')
        if (!this.accept(Token.Question)) continue
        formal.valueSpan.start = this.lexer.start
        formal.value = this.within(Token.Comma, () => this.expression())
        formal.valueSpan.end = formal.whole.end = this.lexer.previousEnd
      }
    })
    this.accept(Token.RightBrace)
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

  private parenthesised(): Shape {
    return this.within(Token.RightParenthesis, () => {
      const shape = this.expression()
      while (!this.isEnd()) this.next()
      this.accept(Token.RightParenthesis)
      return shape
    })
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

  private set(recursive: boolean, argumentOf: Shape): Shape {
    const members = new Map<ByteString, Definition>()
    const scope = recursive ? this.open('rec', this.lexer.end) : null
    if (scope !== null) scope.definitions = members
    this.next()
    this.within(Token.RightBrace, () => this.bindings(members, 'attribute', scope, argumentOf))
    if (scope !== null) {
      this.close(scope)
      if (this.lexer.token === Token.RightBrace) scope.end = this.lexer.start
    }
    this.accept(Token.RightBrace)
    return { kind: 'set', members, scope }
  }

  /** @param own the scope that the bindings are of, if they are of one */
  private bindings(
    members: Map<ByteString, Definition>,
    kind: 'let' | 'attribute',
    own: Scope | null,
    argumentOf: Shape,
  ): void {
    while (!this.isEnd()) {
      if (this.lexer.token === Token.Inherit) this.inherit(members, kind, own)
      else if (this.startsName()) this.binding(members, kind, argumentOf)
      else this.next()
    }
  }

  private binding(
    members: Map<ByteString, Definition>,
    kind: 'let' | 'attribute',
    argumentOf: Shape,
  ): void {
    const before = this.lexer.previousEnd
    const { start } = this.lexer
    const container = this.container
    const path = this.names()
    const { scope } = this
    let valueScope = scope
    const defined: Definition[] = []
    let into: Map<ByteString, Definition> | null = members
    for (const [i, part] of path.entries()) {
      if (part.name === null) {
        // What is within a set whose name is not known can be seen in the outline all the same.
        into = new Map()
        continue
      }
      const isLast = i === path.length - 1
      const known: Definition | undefined = isLast ? undefined : into?.get(part.name)
      const definition: Definition =
        known?.value.kind === 'set'
          ? known
          : this.definition(i === 0 ? kind : 'attribute', { ...part, name: part.name }, before)
      if (definition !== known) {
        into?.set(part.name, definition)
        this.container.push(definition)
        definition.whole.start = start
        if (!isLast) definition.value = { kind: 'set', members: new Map(), scope: null }
      }
      defined.push(definition)
      this.occurrences.push({
        kind: 'definition',
        definition,
        argumentOf: i === 0 ? argumentOf : unknown,
        start: part.start,
        end: part.end,
      })
      this.container = definition.children
      const value: Shape = definition.value
      into = value.kind === 'set' ? value.members : null
      // `a = rec { … }; a.b = …`: the second sees the names of the first.
      if (value.kind === 'set' && value.scope !== null) valueScope = value.scope
    }
    let valueSpan: Span = { start: this.lexer.start, end: this.lexer.start }
    if (this.accept(Token.Assign)) {
      const valueStart = this.lexer.start
      this.scope = valueScope
      const value = this.within(Token.Semicolon, () => this.expression())
      this.scope = scope
      const last = typeof path.at(-1)?.name === 'string' ? defined.at(-1) : undefined
      valueSpan = { start: valueStart, end: Math.max(valueStart, this.lexer.previousEnd) }
      if (last !== undefined) {
        last.value = value
        last.valueSpan = valueSpan
      }
    }
    this.container = container
    for (const definition of defined) definition.whole.end = valueSpan.end
    this.accept(Token.Semicolon)
  }

  private inherit(
    members: Map<ByteString, Definition>,
    kind: 'let' | 'attribute',
    own: Scope | null,
  ): void {
    const before = this.lexer.previousEnd
    this.next()
    const from = this.accept(Token.LeftParenthesis) ? this.parenthesised() : null
    const scope = own?.parent ?? this.scope
    while (this.startsName() && !this.startsBinding()) {
      const { start } = this.lexer
      const { name, end } = this.nameOnce()
      if (name === null) continue
      const definition = this.definition(kind, { name, start, end }, before)
      definition.inherited = true
      definition.value =
        from === null ? { kind: 'variable', name, scope } : { kind: 'member', of: from, name }
      members.set(name, definition)
      this.container.push(definition)
      this.occurrences.push({ kind: 'inherited', definition, scope, from, start, end })
    }
    this.accept(Token.Semicolon)
  }

  private definition(
    kind: Definition['kind'],
    { name, start, end }: Span & { name: ByteString },
    before: number,
  ): Definition {
    return {
      kind,
      name,
      start,
      end,
      whole: { start, end },
      valueSpan: { start: end, end },
      value: unknown,
      inherited: false,
      children: [],
      before,
      scope: kind === 'let' || kind === 'attribute' ? null : this.scope,
    }
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

  private names(): PathName[] {
    const names: PathName[] = []
    while (this.startsName()) {
      names.push(this.nameOnce())
      if (this.lexer.token !== Token.Dot) break
      this.next()
    }
    return names
  }

  private nameOnce(): PathName {
    const { lexer } = this
    const { start, end, token } = lexer
    if (token === Token.Quote) {
      const name = this.string()
      return { name, start, end: lexer.previousEnd }
    }
    if (token === Token.DollarBrace) {
      this.next()
      this.within(Token.RightBrace, () => {
        this.expression()
        while (!this.isEnd()) this.next()
      })
      this.accept(Token.RightBrace)
      return { name: null, start, end: lexer.previousEnd }
    }
    const name = token === Token.OrKeyword ? 'or' : this.name()
    this.next()
    return { name, start, end }
  }

  /** The text of a string, or null if there are interpolations in it. */
  private string(): ByteString | null {
    const { lexer } = this
    const quoted = lexer.token === Token.Quote
    let text: ByteString | null = ''
    for (;;) {
      const { end: start } = lexer
      if (quoted) {
        const piece = lexer.quotedPiece()
        if (text !== null) text += piece
      } else {
        lexer.indentedPieces({ addText() {} })
        text = null
      }
      const marks = lexer.stop === Stop.EndOfFile ? 0 : quoted && lexer.stop === Stop.Quote ? 1 : 2
      this.prose.push({ start, end: lexer.end - marks })
      if (lexer.stop !== Stop.Interpolation) break
      text = null
      if (!this.interpolation()) break
    }
    this.next()
    return text
  }

  private path(): Shape {
    const { lexer } = this
    const { start } = lexer
    let plain = true
    while (lexer.isInterpolation(lexer.end)) {
      plain = false
      lexer.end += 2
      if (!this.interpolation()) break
      lexer.end = lexer.pathPieceEnd(lexer.end)
    }
    const text = this.source.slice(start, lexer.end)
    this.next()
    return plain ? { kind: 'path', text } : { kind: 'literal', type: 'path' }
  }

  /**
   * Reads on from behind a `${` to behind its `}`, where the lexer's `end` then is. False at the end
   * of the text.
   */
  private interpolation(): boolean {
    const { lexer } = this
    this.next()
    this.within(Token.RightBrace, () => {
      this.expression()
      while (lexer.token !== Token.RightBrace && lexer.token !== Token.EndOfFile) {
        this.skipOne()
      }
    })
    return lexer.token === Token.RightBrace
  }

  /** Skips what nests too deeply, to what ends it. Brackets and strings in it are kept whole. */
  private skip(): void {
    while (!this.isEnd()) this.skipOne()
  }

  /** Skips a token, or all between two brackets or quotes. */
  private skipOne(): void {
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

  private open(kind: Scope['kind'], start: number): Scope {
    this.scope = {
      kind,
      parent: this.scope,
      definitions: new Map(),
      subject: unknown,
      start,
      end: this.source.length,
    }
    return this.scope
  }

  /** A scope goes on to the next token: what is typed behind it belongs to it. */
  private close(scope: Scope): void {
    scope.end = this.lexer.start
    this.scope = scope.parent ?? this.root
  }

  /** Does something that a token ends. */
  private within<T>(closer: Token, work: () => T): T {
    const before = this.closers.get(closer) ?? 0
    this.closers.set(closer, before + 1)
    try {
      return work()
    } finally {
      this.closers.set(closer, before)
    }
  }

  /** Whether the token ends something that is open. */
  private isEnd(): boolean {
    const { token } = this.lexer
    return token === Token.EndOfFile || (this.closers.get(token) ?? 0) > 0
  }

  private startsName(): boolean {
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

  private startsExpression(): boolean {
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

  private startsSimple(): boolean {
    const { token } = this.lexer
    if (token < Token.Identifier || token > lastSimpleStart) return false
    return token !== Token.Identifier || !this.startsBinding()
  }

  /** Whether `a.b =` stands here: a semicolon is missing before it. */
  private startsBinding(): boolean {
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

  private startsLambda(): boolean {
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

  private isAncientLet(): boolean {
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

  private accept(token: Token): boolean {
    if (this.lexer.token !== token) return false
    this.next()
    return true
  }

  private name(): ByteString {
    return symbolNames[this.lexer.symbol]
  }

  private next(): void {
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
}
