/** What `''` strings strip: the indentation that all their lines share. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { Node, Position } from './tree'

/** A piece of an indented string: text, or an interpolated expression. */
export interface IndentedPiece {
  text: ByteString
  /** False for escapes: they end a line's indentation. */
  indented: boolean
  /** The interpolated expression, whose text is ''. */
  node: Node | null
  position: Position
}

/**
 * Strips the pieces' texts in place: from every line as many leading spaces as the least indented
 * line has. Lines of nothing but spaces do not count, nor does a last line before `''`, which goes.
 * Tabs are text.
 */
export function stripIndentation(pieces: IndentedPiece[]): void {
  const indentation = leastIndentation(pieces)
  let atLineStart = true
  let dropped = 0
  for (const piece of pieces) {
    if (piece.node !== null) {
      atLineStart = false
      dropped = 0
      continue
    }
    const text = piece.text
    let result = ''
    let p = 0
    while (p < text.length) {
      if (atLineStart) {
        const from = p
        while (text.charCodeAt(p) === 0x20) p++
        const drop = Math.min(p - from, Math.max(0, indentation - dropped))
        dropped += p - from
        result += text.slice(from + drop, p)
        if (p === text.length) break
        dropped = 0
      }
      const lineBreak = text.indexOf('\n', p)
      const end = lineBreak < 0 ? text.length : lineBreak + 1
      result += text.slice(p, end)
      atLineStart = lineBreak >= 0
      p = end
    }
    piece.text = result
  }
  const last = pieces.length > 0 ? pieces[pieces.length - 1] : null
  if (last !== null && last.node === null) last.text = withoutBlankLastLine(last.text)
}

function leastIndentation(pieces: IndentedPiece[]): number {
  let atLineStart = true
  let least = 1000000
  let current = 0
  for (const piece of pieces) {
    if (!piece.indented) {
      if (atLineStart) {
        atLineStart = false
        if (current < least) least = current
      }
      continue
    }
    const text = piece.text
    let p = 0
    while (p < text.length) {
      if (!atLineStart) {
        const lineBreak = text.indexOf('\n', p)
        if (lineBreak < 0) break
        p = lineBreak + 1
        atLineStart = true
        current = 0
        continue
      }
      const c = text.charCodeAt(p++)
      if (c === 0x20) {
        current++
      } else if (c === 0x0a) {
        current = 0
      } else {
        atLineStart = false
        if (current < least) least = current
      }
    }
  }
  return least
}

function withoutBlankLastLine(text: ByteString): ByteString {
  const lineBreak = text.lastIndexOf('\n')
  if (lineBreak < 0) return text
  for (let i = lineBreak + 1; i < text.length; i++) {
    if (text.charCodeAt(i) !== 0x20) return text
  }
  return text.slice(0, lineBreak + 1)
}
