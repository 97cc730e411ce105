/** Errors as Nix prints them on a terminal: frames, places with code and caret, suggestions. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { PositionTable } from '../language/positions'
import { showOrigin } from '../language/show-position'
import type { Position } from '../language/tree'
import type { Frame } from './errors'
import { didYouMean } from './suggestions'

/** What can be rendered: an evaluation error, or a syntax error without frames. */
export interface RenderableError {
  text: ByteString
  position: Position
  /** From the error outwards. */
  frames: readonly Frame[]
  suggestions: readonly ByteString[]
}

/** "…" in UTF-8. */
const ellipsis = '\u00e2\u0080\u00a6'
/** Without --show-trace, frames are shown from the outside until this much; one with a place is 2. */
const frameLimit = 3
/** This many of a run of repeated frames are shown before it is folded. */
const repeatedFramesShown = 5

/** The whole message, without a line break at the end. */
export function renderError(
  error: RenderableError,
  positions: PositionTable,
  options: { showTrace: boolean; prefix?: 'error' | 'warning' },
): ByteString {
  const output: ByteString[] = []
  const prefix = `${options.prefix ?? 'error'}: `
  const indentation = ' '.repeat(prefix.length)
  const indentRest = (first: ByteString, rest: readonly ByteString[]) =>
    indented(first, rest, indentation)
  const hidden = renderFrames(error.frames, positions, options.showTrace, output, indentation)
  if (hidden) {
    output.push('', "(stack trace truncated; use '--show-trace' to show the full, detailed trace)")
  }
  const lines: ByteString[] = [...error.text.split('\n'), ...renderPlace(error.position, positions)]
  const hint = didYouMean(error.suggestions)
  if (hint !== '') lines.push(hint)
  if (output.length === 0) return indentRest(prefix + lines[0], lines.slice(1))
  output.push('', prefix + lines[0], ...lines.slice(1))
  return indentRest(prefix.trimEnd(), output.slice(1))
}

function indented(first: ByteString, rest: readonly ByteString[], indentation: string): ByteString {
  return [first, ...rest.map((line) => (line === '' ? '' : (indentation + line).trimEnd()))].join(
    '\n',
  )
}

/** Adds the lines of the frames, outermost first; tells whether some were left out. */
function renderFrames(
  frames: readonly Frame[],
  positions: PositionTable,
  showTrace: boolean,
  output: ByteString[],
  indentation: string,
): boolean {
  const seen = new Set<string>()
  let skipped: Frame[] = []
  let count = 0
  let truncated = false
  const show = (frame: Frame) => {
    const place = renderPlace(frame.position, positions)
    count += place.length > 0 ? 2 : 1
    output.push('', `${ellipsis} ${frame.message.split('\n').join('\n' + indentation)}`)
    for (const line of place) output.push(inFrame(line))
  }
  const flush = () => {
    if (skipped.length === 0) return
    if (skipped.length <= repeatedFramesShown) skipped.forEach(show)
    else output.push('', `(${skipped.length} duplicate frames omitted)`)
    skipped = []
  }
  for (let i = frames.length - 1; i >= 0; i--) {
    const frame = frames[i]
    if (frame.message === '' || (frame.visibility === 'detail' && !showTrace)) continue
    if (!showTrace && count > frameLimit) truncated = true
    if (truncated && frame.visibility !== 'always') continue
    const key = `${frame.position}\0${frame.message}`
    if (seen.has(key)) {
      skipped.push(frame)
      continue
    }
    seen.add(key)
    flush()
    show(frame)
  }
  flush()
  return truncated
}

/** The place of a frame is set in, its code is not. */
function inFrame(line: ByteString): ByteString {
  return line.startsWith('at ') ? `  ${line}` : line
}

/** `at file:line:column:` and the line with its neighbours and a caret; nothing for no position. */
function renderPlace(position: Position, positions: PositionTable): ByteString[] {
  const place = positions.place(position)
  if (place === null) return []
  const { line, column } = place
  const lines = [`at ${showOrigin(place.origin, positions)}:${line}:${column}:`]
  const code = (number: number) => {
    const text = positions.line(position, number)
    if (text !== null) lines.push(`${String(number).padStart(6)}| ${text}`.trimEnd())
  }
  code(line - 1)
  code(line)
  const before = (positions.line(position, line) ?? '').slice(0, column - 1)
  lines.push(`      | ${before.replace(/[^\t]/g, ' ')}^`)
  code(line + 1)
  return lines
}
