/** Errors and messages of evaluations as the page lists and underlines them. */
import { byteStringToUtf8, type ByteString } from '@snowglobe/shared/bytes'
import { messageOf } from '@snowglobe/shared/message-of'
import { NixError } from '../evaluator/errors'
import { showPosition } from '../language/show-position'
import { renderError } from '../evaluator/render-error'
import { didYouMean } from '../evaluator/suggestions'
import { explanationOf, type ErrorExplanation } from '../intelligence/error-explanations'
import type { PositionTable } from '../language/positions'
import { NixSyntaxError } from '../language/syntax-error'
import type { Position } from '../language/tree'
import type { Problem, Range } from './api'
import { plainProblem } from './plain-problem'

/** Frames that are shown of one error. */
const maxFrames = 100

/** Where the workspace lies and what positions mean. */
export interface ProblemContext {
  positions: PositionTable
  /** Directory of the workspace. */
  directory: ByteString
  /** Where what stands at a place of the workspace is defined in it, if that can be seen. */
  definitionOf?(place: Range): Range | null
}

/**
 * What went wrong, as problems: a file that is no Nix may have several.
 *
 * @param error what was thrown; not an Interruption
 */
export function problemsOf(error: unknown, context: ProblemContext): Problem[] {
  if (!(error instanceof NixError)) return [internalProblem(error)]
  const { cause } = error
  if (cause instanceof NixSyntaxError) {
    return cause.errors.map(({ message, position, hint }) =>
      problemAt(syntaxCode(message), withHint(message, hint), position, context, {
        text: message,
        position,
        frames: [],
        suggestions: [],
      }),
    )
  }
  const problem = problemAt(
    error.kind,
    withHint(error.text, didYouMean(error.suggestions)),
    error.position,
    context,
    error,
  )
  for (const { message, position } of error.frames) {
    if (problem.frames.length === maxFrames) break
    if (message === '') continue
    problem.frames.push({ message: byteStringToUtf8(message), ...whereIs(position, context) })
  }
  const { mismatch, steps } = error
  if (mismatch !== null) {
    const value = byteStringToUtf8(mismatch.value)
    problem.mismatch = { ...mismatch, value, definition: definitionOf(problem, context) }
  }
  if (steps.length > 0) problem.cycle = steps.map((step) => cycleStep(step, context)).reverse()
  // An error of a builtin, or in another's file, is underlined where the workspace led to it.
  problem.range ??= problem.frames.find(({ range }) => range !== null)?.range ?? null
  return [problem]
}

/** Undefined variables are found while parsing, but a person would not call them errors of syntax. */
function syntaxCode(message: ByteString): string {
  return message.startsWith('undefined variable') ? 'undefined-variable' : 'syntax'
}

/** A message of `builtins.trace`, or a warning. */
export function messageProblem(kind: 'trace' | 'warning', text: ByteString): Problem {
  const message = byteStringToUtf8(text)
  return {
    severity: kind === 'trace' ? 'info' : 'warning',
    code: kind,
    message,
    range: null,
    place: null,
    frames: [],
    text: `${kind}: ${message}`,
  }
}

/** A fault that is ours, not the program's. */
function internalProblem(error: unknown): Problem {
  const said = messageOf(error)
  return plainProblem('internal', `the evaluator itself has failed: ${said}`)
}

function problemAt(
  code: string,
  message: ByteString,
  position: Position,
  context: ProblemContext,
  error: Parameters<typeof renderError>[0],
): Problem {
  const told = byteStringToUtf8(message)
  const explanation = explanationOf(code, told)
  return {
    severity: 'error',
    code,
    message: told,
    ...whereIs(position, context),
    frames: [],
    text: byteStringToUtf8(renderError(error, context.positions, { showTrace: false })),
    ...(explanation === null ? {} : { explanation: shown(explanation) }),
  }
}

function shown({ text, example, repair }: ErrorExplanation): Problem['explanation'] {
  return { text, example, repair }
}

/** Where the value that did not fit was defined, where that is known or can be seen. */
function definitionOf({ range, frames }: Problem, context: ProblemContext): Range | null {
  for (const { message, range: place } of frames) {
    if (message.startsWith('from the definition of ')) return place
    // The place is that of the call, not of the argument.
    if (/ passed to | calling /.test(message)) return null
  }
  const operand = range ?? frames.find(({ range }) => range !== null)?.range
  return (operand && context.definitionOf?.(operand)) ?? null
}

function cycleStep(position: Position, context: ProblemContext) {
  const { positions } = context
  const place = positions.place(position)
  const line = place === null ? null : positions.line(position, place.line)
  return { code: byteStringToUtf8(line?.trim() ?? ''), ...whereIs(position, context) }
}

function withHint(message: ByteString, hint: ByteString | undefined): ByteString {
  return hint === undefined || hint === '' ? message : `${message}\n${hint}`
}

/** A position as a range of the workspace, or as text if it lies elsewhere. */
function whereIs(
  position: Position,
  { positions, directory }: ProblemContext,
): { range: Range | null; place: string | null } {
  const place = positions.place(position)
  if (place === null) return { range: null, place: null }
  const { origin, line, column } = place
  if (origin.kind !== 'file' || !origin.path.startsWith(`${directory}/`)) {
    return { range: null, place: byteStringToUtf8(showPosition(positions, position)) }
  }
  const text = positions.line(position, line) ?? ''
  const start = column - 1
  const end = start + tokenLength(text.slice(start))
  return {
    range: {
      file: byteStringToUtf8(origin.path.slice(directory.length + 1)),
      startLine: line,
      startColumn: utf16Column(text, start),
      endLine: line,
      endColumn: Math.max(utf16Column(text, end), utf16Column(text, start) + 1),
    },
    place: null,
  }
}

function utf16Column(line: ByteString, offset: number): number {
  return byteStringToUtf8(line.slice(0, offset)).length + 1
}

/** A name, number, string or operator; of anything else one character with all its bytes. */
const token =
  /^(?:[a-zA-Z_][a-zA-Z0-9_'-]*|[0-9]+(?:\.[0-9]+)?|"(?:[^"\\]|\\.)*"?|''|\$\{|\.\.\.|[=!<>]=|&&|\|\||->|\/\/|\+\+|[^\s][\x80-\xbf]*)/

/** Bytes of the token at the start of a text: positions say only where something begins. */
function tokenLength(text: ByteString): number {
  return token.exec(text)?.[0].length ?? 0
}
