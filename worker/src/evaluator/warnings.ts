/** Warnings, as a page shows them and as a terminal does. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { ParseWarning } from '../language/parser-state'
import { showPosition } from '../language/show-position'
import type { Position } from '../language/tree'
import type { Frame } from './errors'
import type { Evaluator } from './evaluator'
import { renderError } from './render-error'

/** Warns of something at a place. */
export function warnAt(
  evaluator: Evaluator,
  text: ByteString,
  position: Position,
  frames: readonly Frame[] = [],
): void {
  const warning = { text, position, frames, suggestions: [] }
  const options = { showTrace: true, prefix: 'warning' } as const
  evaluator.host.message('warning', text, renderError(warning, evaluator.positions, options))
}

/** Tells a warning of the parser. */
export function warnOfSyntax(evaluator: Evaluator, warning: ParseWarning): void {
  const { message, position } = warning
  if (warning.placed === 'after') warnAt(evaluator, message, position)
  else {
    const place = showPosition(evaluator.positions, position)
    evaluator.host.message('warning', message, `warning: at ${place}: ${message}`)
  }
}

/** Tells a warning of the program that is evaluated. */
export function warnFromProgram(evaluator: Evaluator, text: ByteString): void {
  const prefix = 'evaluation warning:'
  const terminal = text.startsWith('\n')
    ? prefix + text
    : `${prefix} ${text.replaceAll('\n', `\n${' '.repeat(prefix.length + 1)}`)}`
  evaluator.host.message('warning', text, terminal.trimEnd())
}
