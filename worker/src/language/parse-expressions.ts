/** Expressions but for their operators: what begins one, what may follow it, where it belongs. */
import { emptySet } from './attribute-sets'
import { FrameKind, SetKind, type Frame } from './frames'
import { integerNode, floatValue } from './numbers'
import { Names, readNames, interruptedPath } from './parse-attribute-paths'
import {
  lambda,
  formalsLambda,
  pushFormals,
  formal,
  afterFormalName,
  afterFormal,
  afterFormals,
} from './parse-functions'
import { afterOperand } from './parse-operators'
import { path } from './parse-paths'
import { pushSet, afterBindingName, finishBinding, inheritNames } from './parse-sets'
import { quotedStart, indented } from './parse-strings'
import type { ParserState } from './parser-state'
import { Step } from './step'
import { intern, type Symbol } from './symbols'
import { lastSimpleStart, Precedence, Token } from './token'
import { NodeKind, type AttributeName, type Node } from './tree'
import { newVariable } from './variable'

const currentPosition = intern('__curPos')
const orSymbol = intern('or')

/** A whole expression begins here. */
export function expression(p: ParserState): Step {
  const lexer = p.lexer
  const start = lexer.start
  switch (lexer.token) {
    case Token.Identifier: {
      const symbol = lexer.symbol
      const following = lexer.advance()
      if (following === Token.Colon) {
        p.stack.push(FrameKind.Lambda, start).symbol = symbol
        lexer.next()
        return Step.Expression
      }
      if (following === Token.At) {
        if (lexer.advance() !== Token.LeftBrace) return p.unexpected("'{'")
        lexer.next()
        pushFormals(p, start, symbol)
        return formal(p)
      }
      return variable(p, start, symbol)
    }
    case Token.LeftBrace:
      lexer.next()
      return afterLeftBrace(p, start)
    case Token.If:
      p.stack.push(FrameKind.IfCondition, start)
      lexer.next()
      return Step.Expression
    case Token.Assert:
      p.stack.push(FrameKind.AssertCondition, start)
      lexer.next()
      return Step.Expression
    case Token.With:
      p.stack.push(FrameKind.WithSubject, start)
      lexer.next()
      return Step.Expression
    case Token.Let:
      if (lexer.advance() === Token.LeftBrace) {
        lexer.next()
        pushSet(p, start, SetKind.AncientLet)
      } else {
        pushSet(p, start, SetKind.Let)
      }
      return Step.Binding
    default:
      return operand(p)
  }
}

/** After a `{` that may begin a set or the formals of a lambda. */
function afterLeftBrace(p: ParserState, start: number): Step {
  const lexer = p.lexer
  switch (lexer.token) {
    case Token.RightBrace: {
      const following = lexer.advance()
      if (following === Token.Colon || following === Token.At) {
        pushFormals(p, start, 0)
        return afterFormals(p)
      }
      p.value = emptySet(p.base + start, false)
      p.valueStart = start
      return Step.AfterSimple
    }
    case Token.Ellipsis:
      pushFormals(p, start, 0)
      return formal(p)
    case Token.Identifier: {
      const symbol = lexer.symbol
      const nameStart = lexer.start
      switch (lexer.advance()) {
        case Token.Comma:
        case Token.Question:
        case Token.RightBrace:
          pushFormals(p, start, 0)
          return afterFormalName(p, symbol, nameStart)
        default:
          pushSet(p, start, SetKind.Plain)
          return afterBindingName(p, symbol, nameStart)
      }
    }
    default:
      pushSet(p, start, SetKind.Plain)
      return Step.Binding
  }
}

/** An operand of operators begins here. */
export function operand(p: ParserState): Step {
  const lexer = p.lexer
  if (lexer.token === Token.Not) {
    p.stack.push(FrameKind.Not, lexer.start).precedence = Precedence.Not
    lexer.next()
    return Step.Operand
  }
  if (lexer.token === Token.Minus) {
    p.stack.push(FrameKind.Negate, lexer.start).precedence = Precedence.Negate
    lexer.next()
    return Step.Operand
  }
  return simple(p)
}

/** A simple expression begins here. */
export function simple(p: ParserState): Step {
  const lexer = p.lexer
  const start = lexer.start
  switch (lexer.token) {
    case Token.Identifier: {
      const symbol = lexer.symbol
      lexer.next()
      return variable(p, start, symbol)
    }
    case Token.Integer: {
      const node = integerNode(p.base + start, p.source, start, lexer.end)
      if (node === null) {
        p.problem(`invalid integer '${p.source.slice(start, lexer.end)}'`, start)
      }
      p.value = node ?? p.missing()
      break
    }
    case Token.Float: {
      const text = p.source.slice(start, lexer.end)
      const value = floatValue(text)
      if (value === null) p.problem(`invalid float '${text}'`, start)
      p.value = { kind: NodeKind.Float, position: p.base + start, value: value ?? 0 }
      break
    }
    case Token.Uri: {
      const value = p.source.slice(start, lexer.end)
      p.value = { kind: NodeKind.String, position: p.base + start, value }
      p.lint('urls', start, (isFatal) => {
        const what = `URL literals are ${isFatal ? 'disallowed' : 'discouraged'}`
        return `${what}. Consider using a string literal "${value}" instead`
      })
      break
    }
    case Token.SearchPath: {
      const position = p.base + start
      const value = p.source.slice(start + 1, lexer.end - 1)
      p.value = {
        kind: NodeKind.Call,
        position,
        fn: newVariable(0, intern('__findFile')),
        args: [newVariable(0, intern('__nixPath')), { kind: NodeKind.String, position, value }],
      }
      break
    }
    case Token.Quote:
      return quotedStart(p, start, false)
    case Token.IndentedOpen: {
      const frame = p.stack.push(FrameKind.Indented, start)
      frame.pieces = []
      return indented(p)
    }
    case Token.Path:
    case Token.HomePath:
      return path(p, start)
    case Token.LeftParenthesis:
      p.stack.push(FrameKind.Parenthesis, start)
      lexer.next()
      return Step.Expression
    case Token.LeftBracket: {
      p.stack.push(FrameKind.List, start).nodes = []
      lexer.next()
      return listItem(p)
    }
    case Token.LeftBrace:
      lexer.next()
      pushSet(p, start, SetKind.Plain)
      return Step.Binding
    case Token.Rec:
      if (lexer.advance() !== Token.LeftBrace) return p.unexpected("'{'")
      lexer.next()
      pushSet(p, start, SetKind.Recursive)
      return Step.Binding
    case Token.Let:
      if (lexer.advance() !== Token.LeftBrace) return p.unexpected("'{'")
      lexer.next()
      pushSet(p, start, SetKind.AncientLet)
      return Step.Binding
    default:
      return p.unexpected('')
  }
  p.valueStart = start
  lexer.next()
  return afterSimple(p)
}

function variable(p: ParserState, start: number, symbol: Symbol): Step {
  const position = p.base + start
  p.value =
    symbol === currentPosition
      ? { kind: NodeKind.CurrentPosition, position }
      : newVariable(position, symbol)
  p.valueStart = start
  return afterSimple(p)
}

/** `value` is a simple expression; a selection or an argument may follow. */
export function afterSimple(p: ParserState): Step {
  const lexer = p.lexer
  if (lexer.token === Token.Dot) {
    lexer.next()
    const path: AttributeName[] = []
    const names = readNames(p, path)
    if (names === Names.Complete) return finishSelect(p, p.value, p.valueStart, path)
    const frame = p.stack.push(FrameKind.SelectPath, p.valueStart)
    frame.node = p.value
    frame.path = path
    return interruptedPath(p, names)
  }
  if (lexer.token === Token.OrKeyword) {
    const position = p.base + p.valueStart
    p.value = {
      kind: NodeKind.Call,
      position,
      fn: p.value,
      args: [newVariable(position, orSymbol)],
    }
    p.cursedEnd = lexer.end
    lexer.next()
  }
  return afterSelect(p)
}

function finishSelect(p: ParserState, subject: Node, start: number, path: AttributeName[]): Step {
  if (p.lexer.token === Token.OrKeyword) {
    const frame = p.stack.push(FrameKind.SelectDefault, start)
    frame.node = subject
    frame.path = path
    p.lexer.next()
    return Step.Simple
  }
  p.value = {
    kind: NodeKind.Select,
    position: p.base + start,
    subject,
    path,
    default: null,
  }
  p.valueStart = start
  return afterSelect(p)
}

/** `value` is an argument, an item, a default, or what may be called. */
function afterSelect(p: ParserState): Step {
  const lexer = p.lexer
  for (;;) {
    const frame = p.stack.top
    switch (frame.kind) {
      case FrameKind.Application:
        if (p.cursedEnd > 0) p.warnCursedOr()
        frame.nodes.push(p.value)
        if (startsSimple(lexer.token)) return Step.Simple
        finishApplication(p, frame)
        return afterOperand(p)
      case FrameKind.List:
        if (p.cursedEnd > 0) p.warnCursedOr()
        frame.nodes.push(p.value)
        return listItem(p)
      case FrameKind.SelectDefault:
        if (p.cursedEnd > 0) p.warnCursedOr()
        p.value = {
          kind: NodeKind.Select,
          position: p.base + frame.start,
          subject: frame.node,
          path: frame.path,
          default: p.value,
        }
        p.valueStart = frame.start
        p.stack.pop()
        break
      default:
        p.cursedEnd = 0
        if (startsSimple(lexer.token)) {
          const application = p.stack.push(FrameKind.Application, p.valueStart)
          application.node = p.value
          application.nodes = []
          return Step.Simple
        }
        return afterOperand(p)
    }
  }
}

/** The attribute path of the frame on top is whole. */
export function selectPath(p: ParserState): Step {
  const frame = p.stack.top
  p.stack.pop()
  return finishSelect(p, frame.node, frame.start, frame.path)
}

function finishApplication(p: ParserState, frame: Frame): void {
  const fn = frame.node
  if (fn.kind === NodeKind.Call) {
    // `(f x) y` is `f x y`.
    for (const argument of frame.nodes) fn.args.push(argument)
    p.value = fn
  } else {
    p.value = { kind: NodeKind.Call, position: p.base + frame.start, fn, args: frame.nodes }
  }
  p.valueStart = frame.start
  p.stack.pop()
}

function listItem(p: ParserState): Step {
  const lexer = p.lexer
  const frame = p.stack.top
  for (;;) {
    if (startsSimple(lexer.token)) return Step.Simple
    if (lexer.token === Token.RightBracket) {
      p.value = {
        kind: NodeKind.List,
        position: p.base + frame.start,
        items: frame.nodes,
      }
      p.valueStart = frame.start
      p.stack.pop()
      lexer.next()
      return Step.AfterSimple
    }
    if (lexer.token !== Token.Comma) return p.unexpected('')
    p.syntaxProblem('', 'the items of a list are separated by spaces, not by commas')
    lexer.next()
  }
}

/** `value` is a whole expression: it belongs to the frame on top. */
export function afterExpression(p: ParserState): Step {
  const lexer = p.lexer
  for (;;) {
    const frame = p.stack.top
    switch (frame.kind) {
      case FrameKind.Bottom:
        if (lexer.token !== Token.EndOfFile) return p.unexpected('end of file')
        return Step.Done
      case FrameKind.Set:
        if (lexer.token !== Token.Semicolon) return p.unexpected("';'")
        finishBinding(p, frame)
        lexer.next()
        return Step.Binding
      case FrameKind.Parenthesis:
        if (lexer.token !== Token.RightParenthesis) return p.unexpected("')'")
        p.valueStart = frame.start
        p.stack.pop()
        lexer.next()
        return afterSimple(p)
      case FrameKind.Quoted:
        if (lexer.token !== Token.RightBrace) return p.unexpected("'}'")
        frame.nodes.push(p.value)
        frame.offsets.push(frame.offset)
        return Step.Quoted
      case FrameKind.Indented:
        if (lexer.token !== Token.RightBrace) return p.unexpected("'}'")
        frame.pieces.push({
          text: '',
          indented: false,
          node: p.value,
          position: p.base + frame.offset,
        })
        return Step.Indented
      case FrameKind.PathParts:
        if (lexer.token !== Token.RightBrace) return p.unexpected("'}'")
        frame.nodes.push(p.value)
        frame.offsets.push(frame.offset)
        return Step.PathParts
      case FrameKind.DynamicName: {
        if (lexer.token !== Token.RightBrace) return p.unexpected("'}'")
        lexer.next()
        p.stack.pop()
        p.valueStart = frame.start
        return Step.AfterName
      }
      case FrameKind.InheritFrom: {
        if (lexer.token !== Token.RightParenthesis) return p.unexpected("')'")
        lexer.next()
        p.stack.pop()
        return inheritNames(p, p.sets.addInheritedFrom(p.stack.top.set, p.value))
      }
      case FrameKind.Formals:
        frame.formals[frame.formals.length - 1].default = p.value
        return afterFormal(p)
      case FrameKind.IfCondition:
        if (lexer.token !== Token.Then) return p.unexpected("'then'")
        lexer.next()
        frame.kind = FrameKind.IfThen
        frame.node = p.value
        return Step.Expression
      case FrameKind.IfThen:
        if (lexer.token !== Token.Else) return p.unexpected("'else'")
        lexer.next()
        frame.kind = FrameKind.IfElse
        frame.other = p.value
        return Step.Expression
      case FrameKind.AssertCondition:
        if (lexer.token !== Token.Semicolon) return p.unexpected("';'")
        lexer.next()
        frame.kind = FrameKind.AssertBody
        frame.node = p.value
        return Step.Expression
      case FrameKind.WithSubject:
        if (lexer.token !== Token.Semicolon) return p.unexpected("';'")
        lexer.next()
        frame.kind = FrameKind.WithBody
        frame.node = p.value
        return Step.Expression
      case FrameKind.IfElse:
        p.value = {
          kind: NodeKind.If,
          position: p.base + frame.start,
          condition: frame.node,
          then: frame.other,
          else: p.value,
        }
        break
      case FrameKind.AssertBody:
        p.value = {
          kind: NodeKind.Assert,
          position: p.base + frame.start,
          condition: frame.node,
          body: p.value,
        }
        break
      case FrameKind.WithBody:
        p.value = {
          kind: NodeKind.With,
          position: p.base + frame.start,
          subject: frame.node,
          body: p.value,
        }
        break
      case FrameKind.LetBody:
        if (frame.set.dynamic.length > 0) {
          p.problem('dynamic attributes not allowed in let', frame.start)
        }
        p.value = {
          kind: NodeKind.Let,
          position: p.base + frame.start,
          bindings: frame.set.bindings,
          inheritedFrom: frame.set.inheritedFrom,
          body: p.value,
        }
        break
      case FrameKind.Lambda:
        p.value = lambda(p, frame.symbol, frame.start, p.value)
        break
      case FrameKind.FormalsLambda:
        p.value = formalsLambda(p, frame)
        break
      default:
        throw new Error(`frame ${frame.kind} takes no expression`)
    }
    p.valueStart = frame.start
    p.stack.pop()
  }
}

function startsSimple(token: Token): boolean {
  return token !== Token.EndOfFile && token <= lastSimpleStart
}
