/** Quoted and indented strings with their interpolations. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { FrameKind, type Frame } from './frames'
import { stripIndentation } from './indentation'
import { Stop } from './lexer'
import type { ParserState } from './parser-state'
import { Step } from './step'
import { NodeKind, type Node, type Position } from './tree'

/** At a `"`: a whole string, or the first piece of one. */
export function quotedStart(p: ParserState, start: number, isName: boolean): Step {
  const lexer = p.lexer
  const piece = quotedPiece(p)
  if (lexer.stop === Stop.Quote) {
    p.value = { kind: NodeKind.String, position: p.base + start, value: piece }
    p.valueStart = start
    lexer.next()
    return isName ? Step.AfterName : Step.AfterSimple
  }
  const frame = p.stack.push(FrameKind.Quoted, start)
  frame.flag = isName
  frame.nodes = []
  frame.offsets = []
  return afterQuotedPiece(p, frame, start + 1, piece)
}

/** Reads a string on after an interpolation. */
export function quoted(p: ParserState): Step {
  const start = p.lexer.end
  return afterQuotedPiece(p, p.stack.top, start, quotedPiece(p))
}

/** Reads a string up to its end or an interpolation. */
export function quotedPiece(p: ParserState): ByteString {
  const start = p.lexer.end
  const piece = p.lexer.quotedPiece()
  if (p.lexer.hasNul) p.nulProblem(piece, start)
  return piece
}

/** Adds the piece read to the string on top, and goes on with what stopped it. */
export function afterQuotedPiece(
  p: ParserState,
  frame: Frame,
  start: number,
  piece: ByteString,
): Step {
  const lexer = p.lexer
  if (piece !== '') {
    const position = p.base + start
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
      return p.unexpected(`'"'`)
    default:
      lexer.next()
      p.value = interpolation(p, frame)
      p.valueStart = frame.start
      p.stack.pop()
      return frame.flag ? Step.AfterName : Step.AfterSimple
  }
}

/** A quoted string's position is its first part's. */
function interpolation(p: ParserState, frame: Frame): Node {
  return {
    kind: NodeKind.Interpolation,
    position: p.base + frame.offsets[0],
    parts: frame.nodes,
    partPositions: partPositions(p, frame),
  }
}

/** The positions of the parts of the frame; takes its offsets for that. */
export function partPositions(p: ParserState, frame: Frame): Position[] {
  for (let i = 0; i < frame.offsets.length; i++) frame.offsets[i] += p.base
  return frame.offsets
}

/** Reads an indented string on, from its beginning or after an interpolation. */
export function indented(p: ParserState): Step {
  const lexer = p.lexer
  const frame = p.stack.top
  const pieces = frame.pieces
  const base = p.base
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
      return p.unexpected("indented string or '${' or end of an indented string")
    default:
      lexer.next()
      p.value = indentedString(p, frame)
      p.valueStart = frame.start
      p.stack.pop()
      return Step.AfterSimple
  }
}

function indentedString(p: ParserState, frame: Frame): Node {
  const position = p.base + frame.start
  for (const piece of frame.pieces) {
    if (piece.text.includes('\0')) p.nulProblem(piece.text, piece.position - p.base)
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
  return { kind: NodeKind.Interpolation, position, parts, partPositions }
}
