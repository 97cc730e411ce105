/**
 * Reads a Nix expression: the whole grammar, with Nix's own messages for what is wrong.
 *
 * The parser is a machine: each step reads a little, changes the stack of frames, and names the next
 * step. So nothing nests on the native stack, which in a browser's worker is small. `value` is the
 * expression finished last and `valueStart` the offset at which it begins, parentheses included.
 *
 * Variables come out as Global nodes whose `slot` is the name's symbol; the bind pass (bind.ts) then
 * makes of them what they are.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import { emptySet, inheritedFromReference, SetBuilder } from './attribute-sets'
import { bind } from './bind'
import { canonicalPath } from './canonical-path'
import { FrameKind, FrameStack, SetKind, type Frame } from './frames'
import { stripIndentation } from './indentation'
import { Lexer, Stop } from './lexer'
import { integerNode, floatValue } from './numbers'
import type { Origin, PositionTable } from './positions'
import { Recovery, Resume } from './recovery'
import { showPosition } from './show-position'
import { intern, symbolNames, type Symbol } from './symbols'
import { NixSyntaxError, type SyntaxProblem } from './syntax-error'
import {
  firstBinary,
  lastBinary,
  lastSimpleStart,
  Precedence,
  precedenceOf,
  Token,
  tokenName,
} from './token'
import {
  ArithmeticOperator,
  NodeKind,
  type AttributeName,
  type AttributeSetNode,
  type BinaryNode,
  type Formal,
  type LambdaNode,
  type Node,
  type Position,
} from './tree'
import { newVariable } from './variable'

export interface ParseOptions {
  origin: Origin
  /** The directory that relative path literals start from, absolute. */
  basePath: ByteString
  /** The directory that `~/` stands for; null where there is none (pure evaluation). */
  homeDirectory: ByteString | null
  positions: PositionTable
  /** Whether the global scope has a name. */
  globals: (name: ByteString) => boolean
  features?: {
    /** The experimental operators `|>` and `<|`. */
    pipeOperators?: boolean
  }
}

/** Something that works, but will not for ever. */
export interface ParseWarning {
  message: ByteString
  position: Position
}

export interface ParseResult {
  node: Node
  warnings: ParseWarning[]
}

/**
 * Parses a source text and binds its variables.
 *
 * @throws NixSyntaxError with the problem that Nix would report, and in `errors` the others found.
 */
export function parse(source: ByteString, options: ParseOptions): ParseResult {
  const parser = new Parser(source, options)
  const node = parser.run()
  if (parser.errors.length > 0) throw new NixSyntaxError(parser.errors)
  const undefinedVariables = bind(node, options.globals)
  if (undefinedVariables.length > 0) throw new NixSyntaxError(undefinedVariables)
  return { node, warnings: parser.warnings }
}

/** What the machine does next. */
const enum Step {
  Done,
  /** A whole expression begins here. */
  Expression,
  /** An operand of operators begins here. */
  Operand,
  /** An argument, item, or the like begins here. */
  Simple,
  /** `value` is a simple expression; selections may follow. */
  AfterSimple,
  /** `value` is an operand; operators may follow. */
  AfterOperand,
  /** `value` is a whole expression. */
  AfterExpression,
  /** In a set: a binding or its end. */
  Binding,
  /** In a string, after an interpolation. */
  Quoted,
  Indented,
  PathParts,
}

/** How `readNames` left an attribute path. */
const enum Names {
  Complete,
  /** At `${`. */
  Dynamic,
  /** In a string, after its first `${`. */
  Interpolated,
  /** At something that is no name. */
  Wrong,
}

const maximumFused = 6
const maximumErrors = 50

const expectedName = `identifier or 'or' or '\${' or '"'`
const expectedAfterName = `'.' or '='`
const expectedFormal = `identifier or '...' or '}'`
const expectedAfterFormal = `'}' or ','`

const bodyPath: AttributeName[] = ['body']

class Parser {
  readonly errors: SyntaxProblem[] = []
  readonly warnings: ParseWarning[] = []

  private readonly source: ByteString
  private readonly options: ParseOptions
  private readonly base: Position
  private readonly lexer: Lexer
  private readonly stack = new FrameStack()
  private readonly sets = new SetBuilder((name, position, previous) =>
    this.duplicate(name, position, previous),
  )

  private value: Node
  private valueStart = 0
  /** Where the `or` ends, if `value` is `f or` and not yet known to be harmless; else 0. */
  private cursedEnd = 0
  /** What `readNames` read before an interpolation, and where that string begins. */
  private piece: ByteString = ''
  private pieceStart = 0
  /** The offset of the last syntax error: none is reported twice. */
  private lastError = -1

  constructor(source: ByteString, options: ParseOptions) {
    this.source = source
    this.options = options
    this.base = options.positions.add(options.origin, source)
    this.lexer = new Lexer(source)
    this.value = newVariable(0, 0)
  }

  run(): Node {
    this.lexer.next()
    let step: Step = Step.Expression
    for (;;) {
      switch (step) {
        case Step.Expression:
          step = this.expression()
          break
        case Step.Operand:
          step = this.operand()
          break
        case Step.Simple:
          step = this.simple()
          break
        case Step.AfterSimple:
          step = this.afterSimple()
          break
        case Step.AfterOperand:
          step = this.afterOperand()
          break
        case Step.AfterExpression:
          step = this.afterExpression()
          break
        case Step.Binding:
          step = this.binding()
          break
        case Step.Quoted:
          step = this.quoted()
          break
        case Step.Indented:
          step = this.indented()
          break
        case Step.PathParts:
          step = this.pathParts()
          break
        case Step.Done:
          return this.value
      }
    }
  }

  // Expressions

  private expression(): Step {
    const lexer = this.lexer
    const start = lexer.start
    switch (lexer.token) {
      case Token.Identifier: {
        const symbol = lexer.symbol
        const following = lexer.advance()
        if (following === Token.Colon) {
          this.stack.push(FrameKind.Lambda, start).symbol = symbol
          lexer.next()
          return Step.Expression
        }
        if (following === Token.At) {
          if (lexer.advance() !== Token.LeftBrace) return this.unexpected("'{'")
          lexer.next()
          this.pushFormals(start, symbol)
          return this.formal()
        }
        return this.variable(start, symbol)
      }
      case Token.LeftBrace:
        lexer.next()
        return this.afterLeftBrace(start)
      case Token.If:
        this.stack.push(FrameKind.IfCondition, start)
        lexer.next()
        return Step.Expression
      case Token.Assert:
        this.stack.push(FrameKind.AssertCondition, start)
        lexer.next()
        return Step.Expression
      case Token.With:
        this.stack.push(FrameKind.WithSubject, start)
        lexer.next()
        return Step.Expression
      case Token.Let:
        if (lexer.advance() === Token.LeftBrace) {
          lexer.next()
          this.pushSet(start, SetKind.AncientLet)
        } else {
          this.pushSet(start, SetKind.Let)
        }
        return Step.Binding
      default:
        return this.operand()
    }
  }

  /** After a `{` that may begin a set or the formals of a lambda. */
  private afterLeftBrace(start: number): Step {
    const lexer = this.lexer
    switch (lexer.token) {
      case Token.RightBrace: {
        const following = lexer.advance()
        if (following === Token.Colon || following === Token.At) {
          this.pushFormals(start, 0)
          return this.afterFormals()
        }
        this.value = emptySet(this.base + start, false)
        this.valueStart = start
        return Step.AfterSimple
      }
      case Token.Ellipsis:
        this.pushFormals(start, 0)
        return this.formal()
      case Token.Identifier: {
        const symbol = lexer.symbol
        const nameStart = lexer.start
        switch (lexer.advance()) {
          case Token.Comma:
          case Token.Question:
          case Token.RightBrace:
            this.pushFormals(start, 0)
            return this.afterFormalName(symbol, nameStart)
          default:
            this.pushSet(start, SetKind.Plain)
            return this.afterBindingName(symbol, nameStart)
        }
      }
      default:
        this.pushSet(start, SetKind.Plain)
        return Step.Binding
    }
  }

  private operand(): Step {
    const lexer = this.lexer
    if (lexer.token === Token.Not) {
      this.stack.push(FrameKind.Not, lexer.start).precedence = Precedence.Not
      lexer.next()
      return Step.Operand
    }
    if (lexer.token === Token.Minus) {
      this.stack.push(FrameKind.Negate, lexer.start).precedence = Precedence.Negate
      lexer.next()
      return Step.Operand
    }
    return this.simple()
  }

  private simple(): Step {
    const lexer = this.lexer
    const start = lexer.start
    switch (lexer.token) {
      case Token.Identifier: {
        const symbol = lexer.symbol
        lexer.next()
        return this.variable(start, symbol)
      }
      case Token.Integer: {
        const node = integerNode(this.base + start, this.source, start, lexer.end)
        if (node === null) {
          this.problem(`invalid integer '${this.source.slice(start, lexer.end)}'`, start)
        }
        this.value = node ?? this.missing()
        break
      }
      case Token.Float: {
        const text = this.source.slice(start, lexer.end)
        const value = floatValue(text)
        if (value === null) this.problem(`invalid float '${text}'`, start)
        this.value = { kind: NodeKind.Float, position: this.base + start, value: value ?? 0 }
        break
      }
      case Token.Uri: {
        const value = this.source.slice(start, lexer.end)
        this.value = { kind: NodeKind.String, position: this.base + start, value }
        break
      }
      case Token.SearchPath: {
        const position = this.base + start
        const value = this.source.slice(start + 1, lexer.end - 1)
        this.value = {
          kind: NodeKind.Call,
          position,
          fn: newVariable(0, intern('__findFile')),
          args: [newVariable(0, intern('__nixPath')), { kind: NodeKind.String, position, value }],
        }
        break
      }
      case Token.Quote:
        return this.quotedStart(start, false)
      case Token.IndentedOpen: {
        const frame = this.stack.push(FrameKind.Indented, start)
        frame.pieces = []
        return this.indented()
      }
      case Token.Path:
      case Token.HomePath:
        return this.path(start)
      case Token.LeftParenthesis:
        this.stack.push(FrameKind.Parenthesis, start)
        lexer.next()
        return Step.Expression
      case Token.LeftBracket: {
        this.stack.push(FrameKind.List, start).nodes = []
        lexer.next()
        return this.listItem()
      }
      case Token.LeftBrace:
        lexer.next()
        this.pushSet(start, SetKind.Plain)
        return Step.Binding
      case Token.Rec:
        if (lexer.advance() !== Token.LeftBrace) return this.unexpected("'{'")
        lexer.next()
        this.pushSet(start, SetKind.Recursive)
        return Step.Binding
      case Token.Let:
        if (lexer.advance() !== Token.LeftBrace) return this.unexpected("'{'")
        lexer.next()
        this.pushSet(start, SetKind.AncientLet)
        return Step.Binding
      default:
        return this.unexpected('')
    }
    this.valueStart = start
    lexer.next()
    return this.afterSimple()
  }

  private variable(start: number, symbol: Symbol): Step {
    const position = this.base + start
    this.value =
      symbol === currentPosition
        ? { kind: NodeKind.CurrentPosition, position }
        : newVariable(position, symbol)
    this.valueStart = start
    return this.afterSimple()
  }

  private afterSimple(): Step {
    const lexer = this.lexer
    if (lexer.token === Token.Dot) {
      lexer.next()
      const path: AttributeName[] = []
      const names = this.readNames(path)
      if (names === Names.Complete) return this.finishSelect(this.value, this.valueStart, path)
      const frame = this.stack.push(FrameKind.SelectPath, this.valueStart)
      frame.node = this.value
      frame.path = path
      return this.interruptedPath(names)
    }
    if (lexer.token === Token.OrKeyword) {
      const position = this.base + this.valueStart
      this.value = {
        kind: NodeKind.Call,
        position,
        fn: this.value,
        args: [newVariable(position, orSymbol)],
      }
      this.cursedEnd = lexer.end
      lexer.next()
    }
    return this.afterSelect()
  }

  private finishSelect(subject: Node, start: number, path: AttributeName[]): Step {
    if (this.lexer.token === Token.OrKeyword) {
      const frame = this.stack.push(FrameKind.SelectDefault, start)
      frame.node = subject
      frame.path = path
      this.lexer.next()
      return Step.Simple
    }
    this.value = {
      kind: NodeKind.Select,
      position: this.base + start,
      subject,
      path,
      default: null,
    }
    this.valueStart = start
    return this.afterSelect()
  }

  /** `value` is an argument, an item, a default, or what may be called. */
  private afterSelect(): Step {
    const lexer = this.lexer
    for (;;) {
      const frame = this.stack.top
      switch (frame.kind) {
        case FrameKind.Application:
          if (this.cursedEnd > 0) this.warnCursedOr()
          frame.nodes.push(this.value)
          if (startsSimple(lexer.token)) return Step.Simple
          this.finishApplication(frame)
          return this.afterOperand()
        case FrameKind.List:
          if (this.cursedEnd > 0) this.warnCursedOr()
          frame.nodes.push(this.value)
          return this.listItem()
        case FrameKind.SelectDefault:
          if (this.cursedEnd > 0) this.warnCursedOr()
          this.value = {
            kind: NodeKind.Select,
            position: this.base + frame.start,
            subject: frame.node,
            path: frame.path,
            default: this.value,
          }
          this.valueStart = frame.start
          this.stack.pop()
          break
        default:
          this.cursedEnd = 0
          if (startsSimple(lexer.token)) {
            const application = this.stack.push(FrameKind.Application, this.valueStart)
            application.node = this.value
            application.nodes = []
            return Step.Simple
          }
          return this.afterOperand()
      }
    }
  }

  private finishApplication(frame: Frame): void {
    const fn = frame.node
    if (fn.kind === NodeKind.Call) {
      // `(f x) y` is `f x y`.
      for (const argument of frame.nodes) fn.args.push(argument)
      this.value = fn
    } else {
      this.value = { kind: NodeKind.Call, position: this.base + frame.start, fn, args: frame.nodes }
    }
    this.valueStart = frame.start
    this.stack.pop()
  }

  private listItem(): Step {
    const lexer = this.lexer
    const frame = this.stack.top
    for (;;) {
      if (startsSimple(lexer.token)) return this.simple()
      if (lexer.token === Token.RightBracket) {
        this.value = {
          kind: NodeKind.List,
          position: this.base + frame.start,
          items: frame.nodes,
        }
        this.valueStart = frame.start
        this.stack.pop()
        lexer.next()
        return Step.AfterSimple
      }
      if (lexer.token !== Token.Comma) return this.unexpected('')
      this.syntaxProblem('', 'the items of a list are separated by spaces, not by commas')
      lexer.next()
    }
  }

  private afterOperand(): Step {
    const lexer = this.lexer
    const token = lexer.token
    if (token < firstBinary || token > lastBinary) {
      this.reduceOperators(-1)
      return this.afterExpression()
    }
    const precedence = precedenceOf(token)
    this.reduceOperators(precedence)
    const top = this.stack.top
    if (top.kind === FrameKind.Binary && top.precedence === precedence) {
      switch (precedence) {
        case Precedence.Equality:
        case Precedence.Comparison:
          return this.unexpected('')
        case Precedence.Pipe:
          // The two pipes do not mix: the other one ends the expression.
          if (top.operator !== token) {
            this.reduceOperators(-1)
            return this.afterExpression()
          }
      }
    }
    const offset = lexer.start
    if (precedence === Precedence.Pipe && this.options.features?.pipeOperators !== true) {
      this.problem(
        "experimental Nix feature 'pipe-operators' is disabled; add '--extra-experimental-features pipe-operators' to enable it",
        offset,
      )
    }
    lexer.next()
    if (token === Token.Question) {
      const path: AttributeName[] = []
      const names = this.readNames(path)
      if (names === Names.Complete) {
        return this.finishHasAttribute(this.value, this.valueStart, path)
      }
      const frame = this.stack.push(FrameKind.HasAttributePath, this.valueStart)
      frame.node = this.value
      frame.path = path
      return this.interruptedPath(names)
    }
    const frame = this.stack.push(FrameKind.Binary, this.valueStart)
    frame.node = this.value
    frame.offset = offset
    frame.operator = token
    frame.precedence = precedence
    return Step.Operand
  }

  private finishHasAttribute(subject: Node, start: number, path: AttributeName[]): Step {
    this.value = {
      kind: NodeKind.HasAttribute,
      position: this.base + start,
      subject,
      path,
    }
    this.valueStart = start
    return this.afterOperand()
  }

  /** Finishes the operators that bind tighter than the one that follows, or as tight and to the left. */
  private reduceOperators(precedence: number): void {
    for (;;) {
      const frame = this.stack.top
      switch (frame.kind) {
        case FrameKind.Binary:
          if (frame.precedence < precedence) return
          if (frame.precedence === precedence && !isLeftAssociative(frame)) return
          this.value = this.binaryNode(frame)
          break
        case FrameKind.Not:
          if (frame.precedence < precedence) return
          this.value = {
            kind: NodeKind.Not,
            position: this.base + frame.start,
            operand: this.value,
          }
          break
        case FrameKind.Negate:
          if (frame.precedence < precedence) return
          this.value = {
            kind: NodeKind.Arithmetic,
            position: this.base + frame.start,
            operator: ArithmeticOperator.Negate,
            left: { kind: NodeKind.Int, position: 0, value: 0 },
            right: this.value,
          }
          break
        default:
          return
      }
      this.valueStart = frame.start
      this.stack.pop()
    }
  }

  private binaryNode(frame: Frame): Node {
    const position = this.base + frame.offset
    const left = frame.node
    const right = this.value
    switch (frame.operator) {
      case Token.Implies:
        return { kind: NodeKind.Implies, position, left, right }
      case Token.Or:
        return { kind: NodeKind.Or, position, left, right }
      case Token.And:
        return { kind: NodeKind.And, position, left, right }
      case Token.Equal:
        return { kind: NodeKind.Equal, position, left, right }
      case Token.NotEqual:
        return { kind: NodeKind.NotEqual, position, left, right }
      case Token.Update:
        return { kind: NodeKind.Update, position, left, right }
      case Token.Concat:
        return { kind: NodeKind.Concat, position, left, right }
      case Token.Plus: {
        const node: BinaryNode = { kind: NodeKind.Add, position, left, right }
        return node
      }
      case Token.Minus:
        return this.arithmetic(ArithmeticOperator.Subtract, position, left, right)
      case Token.Times:
        return this.arithmetic(ArithmeticOperator.Multiply, position, left, right)
      case Token.Slash:
        return this.arithmetic(ArithmeticOperator.Divide, position, left, right)
      case Token.Less:
        return this.arithmetic(ArithmeticOperator.Less, position, left, right)
      case Token.Greater:
        return this.arithmetic(ArithmeticOperator.Greater, position, left, right)
      case Token.LessOrEqual:
        return this.arithmetic(ArithmeticOperator.LessOrEqual, position, left, right)
      case Token.GreaterOrEqual:
        return this.arithmetic(ArithmeticOperator.GreaterOrEqual, position, left, right)
      case Token.PipeInto:
        return pipe(position, right, left)
      case Token.PipeFrom:
        return pipe(position, left, right)
      default:
        throw new Error(`token ${frame.operator} is no binary operator`)
    }
  }

  private arithmetic(
    operator: ArithmeticOperator,
    position: Position,
    left: Node,
    right: Node,
  ): Node {
    return { kind: NodeKind.Arithmetic, position, operator, left, right }
  }

  /** `value` is a whole expression: it belongs to the frame on top. */
  private afterExpression(): Step {
    const lexer = this.lexer
    for (;;) {
      const frame = this.stack.top
      switch (frame.kind) {
        case FrameKind.Bottom:
          if (lexer.token !== Token.EndOfFile) return this.unexpected('end of file')
          return Step.Done
        case FrameKind.Set:
          if (lexer.token !== Token.Semicolon) return this.unexpected("';'")
          this.finishBinding(frame)
          lexer.next()
          return Step.Binding
        case FrameKind.Parenthesis:
          if (lexer.token !== Token.RightParenthesis) return this.unexpected("')'")
          this.valueStart = frame.start
          this.stack.pop()
          lexer.next()
          return this.afterSimple()
        case FrameKind.Quoted:
          if (lexer.token !== Token.RightBrace) return this.unexpected("'}'")
          frame.nodes.push(this.value)
          frame.offsets.push(frame.offset)
          return Step.Quoted
        case FrameKind.Indented:
          if (lexer.token !== Token.RightBrace) return this.unexpected("'}'")
          frame.pieces.push({
            text: '',
            indented: false,
            node: this.value,
            position: this.base + frame.offset,
          })
          return Step.Indented
        case FrameKind.PathParts:
          if (lexer.token !== Token.RightBrace) return this.unexpected("'}'")
          frame.nodes.push(this.value)
          frame.offsets.push(frame.offset)
          return Step.PathParts
        case FrameKind.DynamicName: {
          if (lexer.token !== Token.RightBrace) return this.unexpected("'}'")
          lexer.next()
          this.stack.pop()
          return this.afterName(frame.start)
        }
        case FrameKind.InheritFrom: {
          if (lexer.token !== Token.RightParenthesis) return this.unexpected("')'")
          lexer.next()
          this.stack.pop()
          return this.inheritNames(this.sets.addInheritedFrom(this.stack.top.set, this.value))
        }
        case FrameKind.Formals:
          frame.formals[frame.formals.length - 1].default = this.value
          return this.afterFormal()
        case FrameKind.IfCondition:
          if (lexer.token !== Token.Then) return this.unexpected("'then'")
          lexer.next()
          frame.kind = FrameKind.IfThen
          frame.node = this.value
          return Step.Expression
        case FrameKind.IfThen:
          if (lexer.token !== Token.Else) return this.unexpected("'else'")
          lexer.next()
          frame.kind = FrameKind.IfElse
          frame.other = this.value
          return Step.Expression
        case FrameKind.AssertCondition:
          if (lexer.token !== Token.Semicolon) return this.unexpected("';'")
          lexer.next()
          frame.kind = FrameKind.AssertBody
          frame.node = this.value
          return Step.Expression
        case FrameKind.WithSubject:
          if (lexer.token !== Token.Semicolon) return this.unexpected("';'")
          lexer.next()
          frame.kind = FrameKind.WithBody
          frame.node = this.value
          return Step.Expression
        case FrameKind.IfElse:
          this.value = {
            kind: NodeKind.If,
            position: this.base + frame.start,
            condition: frame.node,
            then: frame.other,
            else: this.value,
          }
          break
        case FrameKind.AssertBody:
          this.value = {
            kind: NodeKind.Assert,
            position: this.base + frame.start,
            condition: frame.node,
            body: this.value,
          }
          break
        case FrameKind.WithBody:
          this.value = {
            kind: NodeKind.With,
            position: this.base + frame.start,
            subject: frame.node,
            body: this.value,
          }
          break
        case FrameKind.LetBody:
          if (frame.set.dynamic.length > 0) {
            this.problem('dynamic attributes not allowed in let', frame.start)
          }
          this.value = {
            kind: NodeKind.Let,
            position: this.base + frame.start,
            bindings: frame.set.bindings,
            inheritedFrom: frame.set.inheritedFrom,
            body: this.value,
          }
          break
        case FrameKind.Lambda:
          this.value = this.lambda(frame.symbol, frame.start, this.value)
          break
        case FrameKind.FormalsLambda:
          this.value = this.formalsLambda(frame)
          break
        default:
          throw new Error(`frame ${frame.kind} takes no expression`)
      }
      this.valueStart = frame.start
      this.stack.pop()
    }
  }

  // Functions

  private lambda(symbol: Symbol, start: number, body: Node): Node {
    const position = this.base + start
    const parameter = symbolNames[symbol]
    if (
      body.kind === NodeKind.Lambda &&
      body.formals === null &&
      body.parameters.length < maximumFused
    ) {
      body.parameters.unshift(parameter)
      body.parameterPositions.unshift(position)
      body.position = position
      return body
    }
    const node: LambdaNode = {
      kind: NodeKind.Lambda,
      position,
      parameters: [parameter],
      parameterPositions: [position],
      formals: null,
      body,
      name: '',
    }
    return node
  }

  private formalsLambda(frame: Frame): Node {
    const position = this.base + frame.start
    const parameter = symbolNames[frame.symbol]
    this.checkFormals(frame.formals, parameter, position)
    const node: LambdaNode = {
      kind: NodeKind.Lambda,
      position,
      parameters: [parameter],
      parameterPositions: [position],
      formals: { formals: frame.formals, ellipsis: frame.flag },
      body: this.value,
      name: '',
    }
    return node
  }

  private checkFormals(formals: Formal[], parameter: ByteString, position: Position): void {
    const seen = new Set<ByteString>()
    for (const formal of formals) {
      if (seen.has(formal.name)) {
        this.errors.push({
          message: `duplicate formal function argument '${formal.name}'`,
          position: formal.position,
        })
        return
      }
      seen.add(formal.name)
    }
    if (parameter !== '' && seen.has(parameter)) {
      this.errors.push({
        message: `duplicate formal function argument '${parameter}'`,
        position,
      })
    }
  }

  private pushFormals(start: number, symbol: Symbol): void {
    const frame = this.stack.push(FrameKind.Formals, start)
    frame.symbol = symbol
    frame.flag = false
    frame.formals = []
  }

  /** A formal begins here, or the formals end. */
  private formal(): Step {
    const lexer = this.lexer
    switch (lexer.token) {
      case Token.Identifier: {
        const symbol = lexer.symbol
        const start = lexer.start
        lexer.next()
        return this.afterFormalName(symbol, start)
      }
      case Token.Ellipsis:
        this.stack.top.flag = true
        if (lexer.advance() !== Token.RightBrace) return this.unexpected("'}'")
        lexer.next()
        return this.afterFormals()
      case Token.RightBrace:
        lexer.next()
        return this.afterFormals()
      default:
        return this.unexpected(expectedFormal)
    }
  }

  private afterFormalName(symbol: Symbol, start: number): Step {
    const formal = { name: symbolNames[symbol], position: this.base + start, default: null }
    this.stack.top.formals.push(formal)
    if (this.lexer.token === Token.Question) {
      this.lexer.next()
      return Step.Expression
    }
    return this.afterFormal()
  }

  private afterFormal(): Step {
    const lexer = this.lexer
    if (lexer.token === Token.Comma) {
      lexer.next()
      return this.formal()
    }
    if (lexer.token !== Token.RightBrace) return this.unexpected(expectedAfterFormal)
    lexer.next()
    return this.afterFormals()
  }

  /** After the `}` of formals. */
  private afterFormals(): Step {
    const lexer = this.lexer
    const frame = this.stack.top
    if (frame.symbol !== 0) {
      if (lexer.token !== Token.Colon) return this.unexpected("':'")
    } else if (lexer.token === Token.At) {
      if (lexer.advance() !== Token.Identifier) return this.unexpected('identifier')
      frame.symbol = lexer.symbol
      if (lexer.advance() !== Token.Colon) return this.unexpected("':'")
    } else if (lexer.token !== Token.Colon) {
      return this.unexpected("':' or '@'")
    }
    lexer.next()
    frame.kind = FrameKind.FormalsLambda
    return Step.Expression
  }

  // Sets

  private pushSet(start: number, kind: SetKind): void {
    const frame = this.stack.push(FrameKind.Set, start)
    frame.detail = kind
    frame.set = emptySet(
      this.base + start,
      kind === SetKind.Recursive || kind === SetKind.AncientLet,
    )
  }

  private binding(): Step {
    const lexer = this.lexer
    const frame = this.stack.top
    switch (lexer.token) {
      case Token.Identifier: {
        const symbol = lexer.symbol
        const start = lexer.start
        lexer.next()
        return this.afterBindingName(symbol, start)
      }
      case Token.OrKeyword:
      case Token.Quote:
      case Token.DollarBrace:
        return this.bindingPath([], lexer.start)
      case Token.Inherit:
        if (lexer.advance() === Token.LeftParenthesis) {
          this.stack.push(FrameKind.InheritFrom, lexer.start)
          lexer.next()
          return Step.Expression
        }
        return this.inheritNames(-1)
      case Token.RightBrace:
        if (frame.detail === SetKind.Let) break
        lexer.next()
        this.finishSet(frame)
        return Step.AfterSimple
      case Token.In:
        if (frame.detail !== SetKind.Let) break
        lexer.next()
        frame.kind = FrameKind.LetBody
        return Step.Expression
    }
    switch (frame.detail as SetKind) {
      case SetKind.Plain:
        return this.unexpected("'inherit'")
      case SetKind.Let:
        return this.unexpected("'in' or 'inherit'")
      default:
        return this.unexpected("'inherit' or '}'")
    }
  }

  /** After the first name of a binding. */
  private afterBindingName(symbol: Symbol, start: number): Step {
    const lexer = this.lexer
    if (lexer.token === Token.Assign) {
      const frame = this.stack.top
      frame.symbol = symbol
      frame.offset = start
      lexer.next()
      return Step.Expression
    }
    if (lexer.token !== Token.Dot) return this.unexpected(expectedAfterName)
    lexer.next()
    return this.bindingPath([symbolNames[symbol]], start)
  }

  private bindingPath(path: AttributeName[], start: number): Step {
    const names = this.readNames(path)
    if (names === Names.Complete) return this.afterBindingPath(path, start)
    const frame = this.stack.push(FrameKind.BindingPath, start)
    frame.path = path
    return this.interruptedPath(names)
  }

  private afterBindingPath(path: AttributeName[], start: number): Step {
    const lexer = this.lexer
    if (lexer.token !== Token.Assign) return this.unexpected(expectedAfterName)
    const frame = this.stack.top
    frame.symbol = 0
    frame.path = path
    frame.offset = start
    lexer.next()
    return Step.Expression
  }

  private finishBinding(frame: Frame): void {
    const position = this.base + frame.offset
    if (frame.symbol !== 0) {
      this.sets.addStatic(frame.set, symbolNames[frame.symbol], this.value, position)
    } else {
      this.sets.addPath(frame.set, frame.path, this.value, position)
    }
  }

  private finishSet(frame: Frame): void {
    this.value =
      frame.detail === SetKind.AncientLet
        ? {
            kind: NodeKind.Select,
            position: this.base + frame.start,
            subject: frame.set,
            path: bodyPath,
            default: null,
          }
        : frame.set
    this.valueStart = frame.start
    this.stack.pop()
  }

  private inheritNames(from: number): Step {
    const frame = this.stack.push(FrameKind.InheritNames, this.lexer.start)
    frame.detail = from
    frame.names = []
    frame.offsets = []
    return this.inheritName()
  }

  private inheritName(): Step {
    const lexer = this.lexer
    const frame = this.stack.top
    for (;;) {
      const start = lexer.start
      switch (lexer.token) {
        case Token.Identifier:
          frame.names.push(symbolNames[lexer.symbol])
          frame.offsets.push(start)
          lexer.next()
          break
        case Token.OrKeyword:
          frame.names.push('or')
          frame.offsets.push(start)
          lexer.next()
          break
        case Token.Quote:
          return this.quotedStart(start, true)
        case Token.DollarBrace:
          this.stack.push(FrameKind.DynamicName, start)
          lexer.next()
          return Step.Expression
        case Token.Semicolon:
          this.stack.pop()
          this.finishInherit(frame, this.stack.top.set)
          lexer.next()
          return Step.Binding
        default:
          return this.unexpected('')
      }
    }
  }

  private finishInherit(frame: Frame, set: AttributeSetNode): void {
    const from = frame.detail
    for (let i = 0; i < frame.names.length; i++) {
      const name = frame.names[i]
      const position = this.base + frame.offsets[i]
      if (from < 0) {
        const value = newVariable(position, intern(name))
        this.sets.addInherited(set, { name, position, value, inherited: true })
      } else {
        const subject = inheritedFromReference(position, from)
        const value: Node = {
          kind: NodeKind.Select,
          position,
          subject,
          path: [name],
          default: null,
        }
        this.sets.addInherited(set, { name, position, value, inherited: false })
      }
    }
  }

  // Attribute paths

  /** Reads names and dots on from here, as far as no expression is in the way. */
  private readNames(path: AttributeName[]): Names {
    const lexer = this.lexer
    for (;;) {
      switch (lexer.token) {
        case Token.Identifier:
          path.push(symbolNames[lexer.symbol])
          break
        case Token.OrKeyword:
          path.push('or')
          break
        case Token.Quote: {
          const start = lexer.start
          const piece = this.quotedPiece()
          if (lexer.stop !== Stop.Quote) {
            this.piece = piece
            this.pieceStart = start
            return Names.Interpolated
          }
          path.push(symbolNames[intern(piece)])
          break
        }
        case Token.DollarBrace:
          return Names.Dynamic
        default:
          return Names.Wrong
      }
      if (lexer.advance() !== Token.Dot) return Names.Complete
      lexer.next()
    }
  }

  /** The path's frame is on top; reads the expression that `readNames` met. */
  private interruptedPath(names: Names): Step {
    const lexer = this.lexer
    switch (names) {
      case Names.Dynamic:
        this.stack.push(FrameKind.DynamicName, lexer.start)
        lexer.next()
        return Step.Expression
      case Names.Interpolated: {
        const frame = this.stack.push(FrameKind.Quoted, this.pieceStart)
        frame.flag = true
        frame.nodes = []
        frame.offsets = []
        return this.afterQuotedPiece(frame, this.pieceStart + 1, this.piece)
      }
      default:
        return this.unexpected(expectedName)
    }
  }

  /** `value` is an attribute's name that began at `start`. */
  private afterName(start: number): Step {
    const lexer = this.lexer
    const frame = this.stack.top
    const value = this.value
    if (frame.kind === FrameKind.InheritNames) {
      if (value.kind === NodeKind.String) {
        frame.names.push(value.value)
        frame.offsets.push(start)
      } else {
        this.problem('dynamic attributes not allowed in inherit', start)
      }
      return this.inheritName()
    }
    frame.path.push(value.kind === NodeKind.String ? symbolNames[intern(value.value)] : value)
    if (lexer.token === Token.Dot) {
      lexer.next()
      const names = this.readNames(frame.path)
      if (names !== Names.Complete) return this.interruptedPath(names)
    }
    this.stack.pop()
    switch (frame.kind) {
      case FrameKind.SelectPath:
        return this.finishSelect(frame.node, frame.start, frame.path)
      case FrameKind.HasAttributePath:
        return this.finishHasAttribute(frame.node, frame.start, frame.path)
      default:
        return this.afterBindingPath(frame.path, frame.start)
    }
  }

  // Strings

  /** At a `"`: a whole string, or the first piece of one. */
  private quotedStart(start: number, isName: boolean): Step {
    const lexer = this.lexer
    const piece = this.quotedPiece()
    if (lexer.stop === Stop.Quote) {
      this.value = { kind: NodeKind.String, position: this.base + start, value: piece }
      this.valueStart = start
      lexer.next()
      return isName ? this.afterName(start) : this.afterSimple()
    }
    const frame = this.stack.push(FrameKind.Quoted, start)
    frame.flag = isName
    frame.nodes = []
    frame.offsets = []
    return this.afterQuotedPiece(frame, start + 1, piece)
  }

  private quoted(): Step {
    const start = this.lexer.end
    return this.afterQuotedPiece(this.stack.top, start, this.quotedPiece())
  }

  private quotedPiece(): ByteString {
    const start = this.lexer.end
    const piece = this.lexer.quotedPiece()
    if (this.lexer.hasNul) this.nulProblem(piece, start)
    return piece
  }

  private afterQuotedPiece(frame: Frame, start: number, piece: ByteString): Step {
    const lexer = this.lexer
    if (piece !== '') {
      const position = this.base + start
      frame.nodes.push({ kind: NodeKind.String, position, value: piece })
      frame.offsets.push(start)
    }
    switch (lexer.stop) {
      case Stop.Interpolation:
        frame.offset = lexer.end - 2
        lexer.next()
        return Step.Expression
      case Stop.EndOfFile:
        lexer.next()
        return this.unexpected(`'"'`)
      default:
        lexer.next()
        this.value = this.interpolation(frame)
        this.valueStart = frame.start
        this.stack.pop()
        return frame.flag ? this.afterName(frame.start) : Step.AfterSimple
    }
  }

  /** A quoted string's position is its first part's. */
  private interpolation(frame: Frame): Node {
    return {
      kind: NodeKind.Interpolation,
      position: this.base + frame.offsets[0],
      parts: frame.nodes,
      partPositions: this.partPositions(frame),
    } as Node
  }

  private partPositions(frame: Frame): Position[] {
    for (let i = 0; i < frame.offsets.length; i++) frame.offsets[i] += this.base
    return frame.offsets
  }

  private indented(): Step {
    const lexer = this.lexer
    const frame = this.stack.top
    const pieces = frame.pieces
    const base = this.base
    lexer.indentedPieces({
      addText(text: ByteString, indented: boolean, start: number): void {
        pieces.push({ text, indented, node: null, position: base + start })
      },
    })
    switch (lexer.stop) {
      case Stop.Interpolation:
        frame.offset = lexer.end - 2
        lexer.next()
        return Step.Expression
      case Stop.EndOfFile:
        lexer.next()
        return this.unexpected("indented string or '${' or end of an indented string")
      default:
        lexer.next()
        this.value = this.indentedString(frame)
        this.valueStart = frame.start
        this.stack.pop()
        return Step.AfterSimple
    }
  }

  private indentedString(frame: Frame): Node {
    const position = this.base + frame.start
    for (const piece of frame.pieces) {
      if (piece.text.includes('\0')) this.nulProblem(piece.text, piece.position - this.base)
    }
    stripIndentation(frame.pieces)
    const parts: Node[] = []
    const partPositions: Position[] = []
    for (const piece of frame.pieces) {
      if (piece.node !== null) {
        parts.push(piece.node)
        partPositions.push(piece.position)
      } else if (piece.text !== '') {
        parts.push({ kind: NodeKind.String, position: piece.position, value: piece.text })
        partPositions.push(piece.position)
      }
    }
    if (parts.length === 0) return { kind: NodeKind.String, position, value: '' }
    // An interpolated literal alone is the literal, as in Nix.
    if (parts.length === 1 && parts[0].kind === NodeKind.String) return parts[0]
    return { kind: NodeKind.Interpolation, position, parts, partPositions } as Node
  }

  // Paths

  private path(start: number): Step {
    const lexer = this.lexer
    const end = lexer.end
    const literal = this.source.slice(start, end)
    const isHome = lexer.token === Token.HomePath
    const first: Node = {
      kind: NodeKind.Path,
      position: this.base + start,
      value: isHome ? this.homePath(literal, start) : this.absolutePath(literal),
    }
    this.valueStart = start
    if (!lexer.isInterpolation(end) && literal.charCodeAt(literal.length - 1) !== 0x2f) {
      this.value = first
      lexer.next()
      return this.afterSimple()
    }
    const frame = this.stack.push(FrameKind.PathParts, start)
    frame.nodes = [first]
    frame.offsets = [start]
    return this.pathParts()
  }

  /** Reads a path on from `lexer.end`, after its first part or an interpolation. */
  private pathParts(): Step {
    const lexer = this.lexer
    const frame = this.stack.top
    let partStart = frame.start
    for (;;) {
      const start = lexer.end
      if (lexer.isInterpolation(start)) {
        frame.offset = start
        lexer.end = start + 2
        lexer.next()
        return Step.Expression
      }
      const end = lexer.pathPieceEnd(start)
      if (end === start) break
      const position = this.base + start
      const value = this.source.slice(start, end)
      frame.nodes.push({ kind: NodeKind.String, position, value })
      frame.offsets.push(start)
      partStart = start
      lexer.end = end
    }
    const end = lexer.end
    if (this.source.charCodeAt(end - 1) === 0x2f) {
      this.problem('path has a trailing slash', end < this.source.length ? end : partStart)
    } else if (frame.nodes.length > 1 && isPlainSecond(frame)) {
      this.problem("syntax error, unexpected end of path, expecting '${'", partStart)
    }
    lexer.next()
    this.value = {
      kind: NodeKind.PathInterpolation,
      position: this.base + frame.start,
      parts: frame.nodes,
      partPositions: this.partPositions(frame),
    } as Node
    this.valueStart = frame.start
    this.stack.pop()
    return Step.AfterSimple
  }

  /** A last slash is kept: an interpolation follows it. */
  private absolutePath(literal: ByteString): ByteString {
    const whole = literal.charCodeAt(0) === 0x2f ? literal : `${this.options.basePath}/${literal}`
    const path = canonicalPath(whole)
    const endsInSlash = literal.length > 1 && literal.charCodeAt(literal.length - 1) === 0x2f
    return endsInSlash ? path + '/' : path
  }

  private homePath(literal: ByteString, start: number): ByteString {
    const home = this.options.homeDirectory
    if (home === null) {
      this.problem(`the path '${literal}' can not be resolved in pure mode`, start)
      return '/'
    }
    const path = canonicalPath(home + literal.slice(1))
    return literal.charCodeAt(literal.length - 1) === 0x2f && path !== '/' ? path + '/' : path
  }

  // What is wrong

  private problem(message: ByteString, offset: number, hint?: ByteString): void {
    if (this.errors.length >= maximumErrors) return
    const problem: SyntaxProblem = { message, position: this.base + offset }
    if (hint !== undefined) problem.hint = hint
    this.errors.push(problem)
  }

  private nulProblem(text: ByteString, offset: number): void {
    const shown = text.replaceAll('\0', '\xe2\x90\x80')
    this.problem(
      `input string '${shown}' cannot be represented as Nix string because it contains null bytes`,
      offset,
    )
  }

  private duplicate(name: ByteString, position: Position, previous: Position): void {
    const where = showPosition(this.options.positions, previous)
    this.problem(`attribute '${name}' already defined at ${where}`, position - this.base)
  }

  private warnCursedOr(): void {
    const position = this.base + this.valueStart
    const text = this.source.slice(this.valueStart, this.cursedEnd)
    this.cursedEnd = 0
    this.warnings.push({
      position,
      message:
        'This expression uses `or` as an identifier in a way that will change in a future Nix release.\n' +
        'Wrap this entire expression in parentheses to preserve its current meaning:\n' +
        `    (${text})\n` +
        'Give feedback at https://github.com/NixOS/nix/pull/11121',
    })
  }

  private syntaxProblem(expected: string, hint?: ByteString): void {
    const lexer = this.lexer
    if (lexer.start === this.lastError) return
    this.lastError = lexer.start
    const what = `syntax error, unexpected ${tokenName(lexer.token)}`
    this.problem(expected === '' ? what : `${what}, expecting ${expected}`, lexer.start, hint)
  }

  /** Reports the token, and finds a place to go on from. */
  private unexpected(expected: string): Step {
    const recovery = new Recovery(this.lexer, this.stack)
    this.syntaxProblem(expected, recovery.hint(expected, this.source))
    this.cursedEnd = 0
    this.value = this.missing()
    this.valueStart = this.lexer.start
    switch (recovery.resume(expected)) {
      case Resume.Nowhere:
        return Step.Done
      case Resume.AfterExpression:
        return Step.AfterExpression
      case Resume.Binding:
        return Step.Binding
      case Resume.AfterSimple:
        return Step.AfterSimple
      case Resume.AfterFormals:
        return this.afterFormals()
    }
  }

  /** Stands for an expression that is not there. */
  private missing(): Node {
    return newVariable(0, 0)
  }
}

const currentPosition = intern('__curPos')
const orSymbol = intern('or')

function startsSimple(token: Token): boolean {
  return token !== Token.EndOfFile && token <= lastSimpleStart
}

function isLeftAssociative(frame: Frame): boolean {
  switch (frame.operator) {
    case Token.Plus:
    case Token.Minus:
    case Token.Times:
    case Token.Slash:
    case Token.And:
    case Token.Or:
    case Token.PipeInto:
      return true
    default:
      return false
  }
}

/** Whether a path's second part is text: then it should not have ended its first. */
function isPlainSecond(frame: Frame): boolean {
  return frame.offsets.length === 2 && frame.nodes[1].kind === NodeKind.String
}

function pipe(position: Position, fn: Node, argument: Node): Node {
  if (fn.kind === NodeKind.Call) {
    fn.args.push(argument)
    return fn
  }
  return { kind: NodeKind.Call, position, fn, args: [argument] }
}
