/** Attribute paths: `a.b`, `a."b c".${d}`. */
import { FrameKind } from './frames'
import { Stop } from './lexer'
import { quotedPiece, afterQuotedPiece } from './parse-strings'
import type { ParserState } from './parser-state'
import { Step } from './step'
import { intern, symbolNames } from './symbols'
import { Token } from './token'
import { NodeKind, type AttributeName } from './tree'

/** How `readNames` left an attribute path. */
export const enum Names {
  Complete,
  /** At `${`. */
  Dynamic,
  /** In a string, after its first `${`. */
  Interpolated,
  /** At something that is no name. */
  Wrong,
}

const expectedName = `identifier or 'or' or '\${' or '"'`

/** Reads names and dots on from here, as far as no expression is in the way. */
export function readNames(p: ParserState, path: AttributeName[]): Names {
  const lexer = p.lexer
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
        const piece = quotedPiece(p)
        if (lexer.stop !== Stop.Quote) {
          p.piece = piece
          p.pieceStart = start
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
export function interruptedPath(p: ParserState, names: Names): Step {
  const lexer = p.lexer
  switch (names) {
    case Names.Dynamic:
      p.stack.push(FrameKind.DynamicName, lexer.start)
      lexer.next()
      return Step.Expression
    case Names.Interpolated: {
      const frame = p.stack.push(FrameKind.Quoted, p.pieceStart)
      frame.flag = true
      frame.nodes = []
      frame.offsets = []
      return afterQuotedPiece(p, frame, p.pieceStart + 1, p.piece)
    }
    default:
      return p.unexpected(expectedName)
  }
}

/** `value` is an attribute's name that began at `start`. */
export function afterName(p: ParserState): Step {
  const lexer = p.lexer
  const frame = p.stack.top
  const value = p.value
  if (frame.kind === FrameKind.InheritNames) {
    if (value.kind === NodeKind.String) {
      frame.names.push(value.value)
      frame.offsets.push(p.valueStart)
    } else {
      p.problem('dynamic attributes not allowed in inherit', p.valueStart)
    }
    return Step.InheritName
  }
  frame.path.push(value.kind === NodeKind.String ? symbolNames[intern(value.value)] : value)
  if (lexer.token === Token.Dot) {
    lexer.next()
    const names = readNames(p, frame.path)
    if (names !== Names.Complete) return interruptedPath(p, names)
  }
  switch (frame.kind) {
    case FrameKind.SelectPath:
      return Step.SelectPath
    case FrameKind.HasAttributePath:
      return Step.HasAttributePath
    default:
      return Step.BindingPath
  }
}
