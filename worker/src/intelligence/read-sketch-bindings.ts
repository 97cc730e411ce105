/** Reads what defines names into a sketch: bindings, and the parameters of functions. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { Token } from '../language/token'
import { NameReader } from './read-sketch-names'
import {
  unknown,
  type Definition,
  type Occurrence,
  type Scope,
  type Shape,
  type Span,
} from './sketch'

export abstract class BindingReader extends NameReader {
  protected readonly occurrences: Occurrence[] = []
  protected readonly outline: Definition[] = []
  protected readonly root: Scope
  protected scope: Scope
  /** Where bindings that are read next belong. */
  private container = this.outline

  constructor(source: ByteString) {
    super(source)
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

  /** Functions of one parameter each, one around the other. */
  protected lambda(): Shape {
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

  protected set(recursive: boolean, argumentOf: Shape): Shape {
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
  protected bindings(
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

  protected parenthesised(): Shape {
    return this.within(Token.RightParenthesis, () => {
      const shape = this.expression()
      while (!this.isEnd()) this.next()
      this.accept(Token.RightParenthesis)
      return shape
    })
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

  protected open(kind: Scope['kind'], start: number): Scope {
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
  protected close(scope: Scope): void {
    scope.end = this.lexer.start
    this.scope = scope.parent ?? this.root
  }
}
