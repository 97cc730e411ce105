import type { Hover, TextPosition, TextSpan } from './answers'
import { describeBuiltin, describeDefinition } from './describe'
import { readSketch } from './read-sketch'
import type { Resolver } from './resolve'
import { occurrenceAt } from './sketch'
import { TextPositions } from './text-positions'

/** What the name at a position is; null where there is none, or nothing is known of it. */
export function hover(text: string, position: TextPosition, resolver: Resolver): Hover | null {
  const positions = new TextPositions(text)
  const sketch = readSketch(positions.bytes)
  const occurrence = occurrenceAt(sketch, positions.offset(position))
  if (occurrence === null) return null
  const meaning = resolver.occurrence(occurrence)
  if (meaning === null) return null
  const parts =
    meaning.kind === 'builtin'
      ? describeBuiltin(meaning.builtin)
      : describeDefinition(meaning.definition, sketch)
  return { span: positions.span(occurrence), parts }
}

/** Where the name at a position is defined in the text, or null. */
export function findDefinition(
  text: string,
  position: TextPosition,
  resolver: Resolver,
): TextSpan | null {
  const positions = new TextPositions(text)
  const occurrence = occurrenceAt(readSketch(positions.bytes), positions.offset(position))
  const meaning = occurrence === null ? null : resolver.occurrence(occurrence)
  return meaning?.kind === 'definition' ? positions.span(meaning.definition) : null
}
