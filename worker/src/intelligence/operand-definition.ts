import type { TextPosition, TextSpan } from './answers'
import { readSketch } from './read-sketch'
import type { Resolver } from './resolve'
import { occurrenceAt } from './sketch'
import { TextPositions } from './text-positions'

/** The rest of a selection behind a name: `.b.c`. */
const selection = /^[a-zA-Z_][a-zA-Z0-9_'-]*(\s*\.\s*[a-zA-Z_][a-zA-Z0-9_'-]*)*/

/**
 * Where the value of the variable or selection that begins at a position is defined in the text;
 * null where something else stands there, or that cannot be seen without evaluating.
 */
export function operandDefinition(
  text: string,
  position: TextPosition,
  resolver: Resolver,
): TextSpan | null {
  const positions = new TextPositions(text)
  const start = positions.offset(position)
  const operand = selection.exec(positions.bytes.slice(start))
  if (operand === null) return null
  // What is selected last is the value.
  const occurrence = occurrenceAt(readSketch(positions.bytes), start + operand[0].length - 1)
  const meaning = occurrence === null ? null : resolver.occurrence(occurrence)
  return meaning?.kind === 'definition' ? positions.span(meaning.definition) : null
}
