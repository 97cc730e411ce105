/** Unary and binary operators, by precedence. */
import { FrameKind, type Frame } from './frames'
import { Names, readNames, interruptedPath } from './parse-attribute-paths'
import type { ParserState } from './parser-state'
import { Step } from './step'
import { firstBinary, lastBinary, Precedence, precedenceOf, Token } from './token'
import { ArithmeticOperator, NodeKind, type AttributeName, type Node, type Position } from './tree'

/** `value` is an operand; an operator may follow. */
export function afterOperand(p: ParserState): Step {
  const lexer = p.lexer
  const token = lexer.token
  if (token < firstBinary || token > lastBinary) {
    reduceOperators(p, -1)
    return Step.AfterExpression
  }
  const precedence = precedenceOf(token)
  if (precedence === Precedence.Pipe) {
    reduceOperators(p, Precedence.AbovePipe)
    const before = p.stack.top
    // The two pipes do not mix: the other one ends the expression.
    if (before.kind === FrameKind.Binary && before.operator !== token) {
      reduceOperators(p, -1)
      return Step.AfterExpression
    }
  }
  reduceOperators(p, precedence)
  const top = p.stack.top
  if (
    top.kind === FrameKind.Binary &&
    top.precedence === precedence &&
    (precedence === Precedence.Equality || precedence === Precedence.Comparison)
  ) {
    // `a < b < c` means nothing.
    return p.unexpected('')
  }
  const offset = lexer.start
  if (precedence === Precedence.Pipe && p.options.features?.pipeOperators !== true) {
    p.problem(
      "experimental Nix feature 'pipe-operators' is disabled; add '--extra-experimental-features pipe-operators' to enable it",
      offset,
    )
  }
  lexer.next()
  if (token === Token.Question) {
    const path: AttributeName[] = []
    const names = readNames(p, path)
    if (names === Names.Complete) {
      return finishHasAttribute(p, p.value, p.valueStart, path)
    }
    const frame = p.stack.push(FrameKind.HasAttributePath, p.valueStart)
    frame.node = p.value
    frame.path = path
    return interruptedPath(p, names)
  }
  const frame = p.stack.push(FrameKind.Binary, p.valueStart)
  frame.node = p.value
  frame.offset = offset
  frame.operator = token
  frame.precedence = precedence
  return Step.Operand
}

function finishHasAttribute(
  p: ParserState,
  subject: Node,
  start: number,
  path: AttributeName[],
): Step {
  p.value = {
    kind: NodeKind.HasAttribute,
    position: p.base + start,
    subject,
    path,
  }
  p.valueStart = start
  return Step.AfterOperand
}

/** The attribute path of the frame on top is whole. */
export function hasAttributePath(p: ParserState): Step {
  const frame = p.stack.top
  p.stack.pop()
  return finishHasAttribute(p, frame.node, frame.start, frame.path)
}

/** Finishes the operators that bind tighter than the one that follows, or as tight and to the left. */
function reduceOperators(p: ParserState, precedence: number): void {
  for (;;) {
    const frame = p.stack.top
    switch (frame.kind) {
      case FrameKind.Binary:
        if (frame.precedence < precedence) return
        if (frame.precedence === precedence && !isLeftAssociative(frame)) return
        p.value = binaryNode(p, frame)
        break
      case FrameKind.Not:
        if (frame.precedence < precedence) return
        p.value = {
          kind: NodeKind.Not,
          position: p.base + frame.start,
          operand: p.value,
        }
        break
      case FrameKind.Negate:
        if (frame.precedence < precedence) return
        p.value = {
          kind: NodeKind.Arithmetic,
          position: p.base + frame.start,
          operator: ArithmeticOperator.Negate,
          left: { kind: NodeKind.Int, position: 0, value: 0 },
          right: p.value,
        }
        break
      default:
        return
    }
    p.valueStart = frame.start
    p.stack.pop()
  }
}

function binaryNode(p: ParserState, frame: Frame): Node {
  const position = p.base + frame.offset
  const left = frame.node
  const right = p.value
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
    case Token.Plus:
      return {
        kind: NodeKind.Add,
        position,
        left,
        right,
        leftPosition: p.base + frame.start,
        rightPosition: p.base + p.valueStart,
      }
    case Token.Minus:
      return arithmetic(ArithmeticOperator.Subtract, position, left, right)
    case Token.Times:
      return arithmetic(ArithmeticOperator.Multiply, position, left, right)
    case Token.Slash:
      return arithmetic(ArithmeticOperator.Divide, position, left, right)
    case Token.Less:
      return arithmetic(ArithmeticOperator.Less, position, left, right)
    case Token.Greater:
      return arithmetic(ArithmeticOperator.Greater, position, left, right)
    case Token.LessOrEqual:
      return arithmetic(ArithmeticOperator.LessOrEqual, position, left, right)
    case Token.GreaterOrEqual:
      return arithmetic(ArithmeticOperator.GreaterOrEqual, position, left, right)
    case Token.PipeInto:
      return pipe(position, right, left)
    case Token.PipeFrom:
      return pipe(position, left, right)
    default:
      throw new Error(`token ${frame.operator} is no binary operator`)
  }
}

function arithmetic(
  operator: ArithmeticOperator,
  position: Position,
  left: Node,
  right: Node,
): Node {
  return { kind: NodeKind.Arithmetic, position, operator, left, right }
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

/** The call that a pipe means; as with juxtaposition, a call takes the argument too. */
function pipe(position: Position, fn: Node, argument: Node): Node {
  if (fn.kind === NodeKind.Call) {
    fn.args.push(argument)
    return fn
  }
  return { kind: NodeKind.Call, position, fn, args: [argument] }
}
