/** Sets and `let`: bindings and `inherit`. */
import { emptySet, inheritedFromReference } from './attribute-sets'
import { FrameKind, SetKind, type Frame } from './frames'
import { Names, readNames, interruptedPath } from './parse-attribute-paths'
import { quotedStart } from './parse-strings'
import type { ParserState } from './parser-state'
import { Step } from './step'
import { intern, symbolNames, type Symbol } from './symbols'
import { Token } from './token'
import { NodeKind, type AttributeName, type AttributeSetNode, type Node } from './tree'
import { newVariable } from './variable'

const expectedAfterName = `'.' or '='`
const bodyPath: AttributeName[] = ['body']

/** Begins a set after its `{`, or a `let`. */
export function pushSet(p: ParserState, start: number, kind: SetKind): void {
  const frame = p.stack.push(FrameKind.Set, start)
  frame.detail = kind
  frame.set = emptySet(p.base + start, kind === SetKind.Recursive || kind === SetKind.AncientLet)
}

/** In a set: a binding, or its end. */
export function binding(p: ParserState): Step {
  const lexer = p.lexer
  const frame = p.stack.top
  switch (lexer.token) {
    case Token.Identifier: {
      const symbol = lexer.symbol
      const start = lexer.start
      lexer.next()
      return afterBindingName(p, symbol, start)
    }
    case Token.OrKeyword:
    case Token.Quote:
    case Token.DollarBrace:
      return bindingPath(p, [], lexer.start)
    case Token.Inherit:
      if (lexer.advance() === Token.LeftParenthesis) {
        p.stack.push(FrameKind.InheritFrom, lexer.start)
        lexer.next()
        return Step.Expression
      }
      return inheritNames(p, -1)
    case Token.RightBrace:
      if (frame.detail === SetKind.Let) break
      lexer.next()
      finishSet(p, frame)
      return Step.AfterSimple
    case Token.In:
      if (frame.detail !== SetKind.Let) break
      lexer.next()
      frame.kind = FrameKind.LetBody
      return Step.Expression
  }
  switch (frame.detail as SetKind) {
    case SetKind.Plain:
      return p.unexpected("'inherit'")
    case SetKind.Let:
      return p.unexpected("'in' or 'inherit'")
    default:
      return p.unexpected("'inherit' or '}'")
  }
}

/** After the first name of a binding. */
export function afterBindingName(p: ParserState, symbol: Symbol, start: number): Step {
  const lexer = p.lexer
  if (lexer.token === Token.Assign) {
    const frame = p.stack.top
    frame.symbol = symbol
    frame.offset = start
    lexer.next()
    return Step.Expression
  }
  if (lexer.token !== Token.Dot) return p.unexpected(expectedAfterName)
  lexer.next()
  return bindingPath(p, [symbolNames[symbol]], start)
}

function bindingPath(p: ParserState, path: AttributeName[], start: number): Step {
  const names = readNames(p, path)
  if (names === Names.Complete) return afterBindingPath(p, path, start)
  const frame = p.stack.push(FrameKind.BindingPath, start)
  frame.path = path
  return interruptedPath(p, names)
}

function afterBindingPath(p: ParserState, path: AttributeName[], start: number): Step {
  const lexer = p.lexer
  if (lexer.token !== Token.Assign) return p.unexpected(expectedAfterName)
  const frame = p.stack.top
  frame.symbol = 0
  frame.path = path
  frame.offset = start
  lexer.next()
  return Step.Expression
}

/** The attribute path of the frame on top is whole. */
export function bindingPathEnd(p: ParserState): Step {
  const frame = p.stack.top
  p.stack.pop()
  return afterBindingPath(p, frame.path, frame.start)
}

/** `value` belongs to the attribute path that the set's frame holds. */
export function finishBinding(p: ParserState, frame: Frame): void {
  const position = p.base + frame.offset
  if (frame.symbol !== 0) {
    p.sets.addStatic(frame.set, symbolNames[frame.symbol], p.value, position)
  } else {
    p.sets.addPath(frame.set, frame.path, p.value, position)
  }
}

function finishSet(p: ParserState, frame: Frame): void {
  p.value =
    frame.detail === SetKind.AncientLet
      ? {
          kind: NodeKind.Select,
          position: p.base + frame.start,
          subject: frame.set,
          path: bodyPath,
          default: null,
        }
      : frame.set
  p.valueStart = frame.start
  p.stack.pop()
}

/** Begins the names of `inherit`; `from` is the index of the `(e)`, or -1. */
export function inheritNames(p: ParserState, from: number): Step {
  const frame = p.stack.push(FrameKind.InheritNames, p.lexer.start)
  frame.detail = from
  frame.names = []
  frame.offsets = []
  return inheritName(p)
}

/** The names of `inherit`, to the `;`. */
export function inheritName(p: ParserState): Step {
  const lexer = p.lexer
  const frame = p.stack.top
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
        return quotedStart(p, start, true)
      case Token.DollarBrace:
        p.stack.push(FrameKind.DynamicName, start)
        lexer.next()
        return Step.Expression
      case Token.Semicolon:
        p.stack.pop()
        finishInherit(p, frame, p.stack.top.set)
        lexer.next()
        return Step.Binding
      default:
        return p.unexpected('')
    }
  }
}

function finishInherit(p: ParserState, frame: Frame, set: AttributeSetNode): void {
  const from = frame.detail
  for (let i = 0; i < frame.names.length; i++) {
    const name = frame.names[i]
    const position = p.base + frame.offsets[i]
    if (from < 0) {
      const value = newVariable(position, intern(name))
      p.sets.addInherited(set, { name, position, value, inherited: true })
    } else {
      const subject = inheritedFromReference(position, from)
      const value: Node = {
        kind: NodeKind.Select,
        position,
        subject,
        path: [name],
        default: null,
      }
      p.sets.addInherited(set, { name, position, value, inherited: false })
    }
  }
}
