/** Path literals with their interpolations. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { absolutePath, canonicalPath } from './canonical-path'
import { FrameKind, type Frame } from './frames'
import { partPositions } from './parse-strings'
import type { ParserState } from './parser-state'
import { Step } from './step'
import { Token } from './token'
import { NodeKind, type Node } from './tree'

/** A path literal, whose token is the first part. */
export function path(p: ParserState, start: number): Step {
  const lexer = p.lexer
  const end = lexer.end
  const literal = p.source.slice(start, end)
  const isHome = lexer.token === Token.HomePath
  lintPath(p, literal, isHome, start)
  const first: Node = {
    kind: NodeKind.Path,
    position: p.base + start,
    value: isHome ? homePath(p, literal, start) : absolutePath(literal, p.options.basePath),
  }
  p.valueStart = start
  if (!lexer.isInterpolation(end) && literal.charCodeAt(literal.length - 1) !== 0x2f) {
    p.value = first
    lexer.next()
    return Step.AfterSimple
  }
  const frame = p.stack.push(FrameKind.PathParts, start)
  frame.nodes = [first]
  frame.offsets = [start]
  return pathParts(p)
}

/** Reads a path on from `lexer.end`, after its first part or an interpolation. */
export function pathParts(p: ParserState): Step {
  const lexer = p.lexer
  const frame = p.stack.top
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
    const position = p.base + start
    const value = p.source.slice(start, end)
    frame.nodes.push({ kind: NodeKind.String, position, value })
    frame.offsets.push(start)
    partStart = start
    lexer.end = end
  }
  const end = lexer.end
  if (p.source.charCodeAt(end - 1) === 0x2f) {
    p.problem('path has a trailing slash', end < p.source.length ? end : partStart)
  } else if (frame.nodes.length > 1 && isText(p, frame, 1)) {
    // `./a//b`: what follows the first part has to be an interpolation.
    if (frame.nodes.length === 2) {
      p.problem("syntax error, unexpected end of path, expecting '${'", partStart)
    } else if (isText(p, frame, 2)) {
      p.problem("syntax error, unexpected string, expecting '${'", frame.offsets[2])
    }
  }
  lexer.next()
  p.value = {
    kind: NodeKind.PathInterpolation,
    position: p.base + frame.start,
    parts: frame.nodes,
    partPositions: partPositions(p, frame),
  }
  p.valueStart = frame.start
  p.stack.pop()
  return Step.AfterSimple
}

function lintPath(p: ParserState, literal: ByteString, isHome: boolean, start: number): void {
  if (isHome || literal.startsWith('/')) {
    const kind = isHome ? 'home' : 'absolute'
    p.lint(
      'absolutePaths',
      start,
      () =>
        `${kind} path literals are not portable. Consider replacing path literal '${literal}' by a string, relative path, or parameter`,
    )
  } else if (!literal.startsWith('.')) {
    p.lint(
      'shortPaths',
      start,
      () =>
        `relative path literal '${literal}' should be prefixed with '.' for clarity: './${literal}'`,
    )
  }
}

function homePath(p: ParserState, literal: ByteString, start: number): ByteString {
  const home = p.options.homeDirectory
  if (home === null) {
    p.problem(`the path '${literal}' can not be resolved in pure mode`, start)
    return '/'
  }
  const path = canonicalPath(home + literal.slice(1))
  return literal.charCodeAt(literal.length - 1) === 0x2f && path !== '/' ? path + '/' : path
}

/** Whether a part of a path is text in the source, and no interpolation. */
function isText(p: ParserState, frame: Frame, part: number): boolean {
  return !p.lexer.isInterpolation(frame.offsets[part])
}
