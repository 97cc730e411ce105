/** Lambdas and their formals. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { FrameKind, type Frame } from './frames'
import type { ParserState } from './parser-state'
import { Step } from './step'
import { symbolNames, type Symbol } from './symbols'
import { Token } from './token'
import { NodeKind, type Formal, type LambdaNode, type Node, type Position } from './tree'

const expectedFormal = `identifier or '...' or '}'`
const expectedAfterFormal = `'}' or ','`
/** More parameters than this are a lambda of their own. */
const maximumFused = 6

/** `x: body`. */
export function lambda(p: ParserState, symbol: Symbol, start: number, body: Node): Node {
  const position = p.base + start
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

/** `{ … }: value`. */
export function formalsLambda(p: ParserState, frame: Frame): Node {
  const position = p.base + frame.start
  const parameter = symbolNames[frame.symbol]
  checkFormals(p, frame.formals, parameter, position)
  const node: LambdaNode = {
    kind: NodeKind.Lambda,
    position,
    parameters: [parameter],
    parameterPositions: [position],
    formals: { formals: frame.formals, ellipsis: frame.flag },
    body: p.value,
    name: '',
  }
  return node
}

function checkFormals(
  p: ParserState,
  formals: Formal[],
  parameter: ByteString,
  position: Position,
): void {
  const seen = new Set<ByteString>()
  for (const formal of formals) {
    if (seen.has(formal.name)) {
      p.errors.push({
        message: `duplicate formal function argument '${formal.name}'`,
        position: formal.position,
      })
      return
    }
    seen.add(formal.name)
  }
  if (parameter !== '' && seen.has(parameter)) {
    p.errors.push({
      message: `duplicate formal function argument '${parameter}'`,
      position,
    })
  }
}

/** Begins formals after their `{`; `symbol` is the name before `@`, or 0. */
export function pushFormals(p: ParserState, start: number, symbol: Symbol): void {
  const frame = p.stack.push(FrameKind.Formals, start)
  frame.symbol = symbol
  frame.flag = false
  frame.formals = []
}

/** A formal begins here, or the formals end. */
export function formal(p: ParserState): Step {
  const lexer = p.lexer
  switch (lexer.token) {
    case Token.Identifier: {
      const symbol = lexer.symbol
      const start = lexer.start
      lexer.next()
      return afterFormalName(p, symbol, start)
    }
    case Token.Ellipsis:
      p.stack.top.flag = true
      if (lexer.advance() !== Token.RightBrace) return p.unexpected("'}'")
      lexer.next()
      return afterFormals(p)
    case Token.RightBrace:
      lexer.next()
      return afterFormals(p)
    default:
      return p.unexpected(expectedFormal)
  }
}

/** After the name of a formal. */
export function afterFormalName(p: ParserState, symbol: Symbol, start: number): Step {
  const formal = { name: symbolNames[symbol], position: p.base + start, default: null }
  p.stack.top.formals.push(formal)
  if (p.lexer.token === Token.Question) {
    p.lexer.next()
    return Step.Expression
  }
  return afterFormal(p)
}

/** After a formal with its default. */
export function afterFormal(p: ParserState): Step {
  const lexer = p.lexer
  if (lexer.token === Token.Comma) {
    lexer.next()
    return Step.Formal
  }
  if (lexer.token !== Token.RightBrace) return p.unexpected(expectedAfterFormal)
  lexer.next()
  return afterFormals(p)
}

/** After the `}` of formals. */
export function afterFormals(p: ParserState): Step {
  const lexer = p.lexer
  const frame = p.stack.top
  if (frame.symbol !== 0) {
    if (lexer.token !== Token.Colon) return p.unexpected("':'")
  } else if (lexer.token === Token.At) {
    if (lexer.advance() !== Token.Identifier) return p.unexpected('identifier')
    frame.symbol = lexer.symbol
    if (lexer.advance() !== Token.Colon) return p.unexpected("':'")
  } else if (lexer.token !== Token.Colon) {
    return p.unexpected("':' or '@'")
  }
  lexer.next()
  frame.kind = FrameKind.FormalsLambda
  return Step.Expression
}
