import type { Hover, TextPosition, TextSpan } from './answers'
import { describeBuiltin, describeDefinition, describeDocumented } from './describe'
import type { DocumentedName } from './documented-names'
import { readSketch } from './read-sketch'
import type { Meaning, Resolver } from './resolve'
import { occurrenceAt, type Sketch } from './sketch'
import { TextPositions } from './text-positions'

/** What the name at a position is; null where there is none, or nothing is known of it. */
export function hover(text: string, position: TextPosition, resolver: Resolver): Hover | null {
  const positions = new TextPositions(text)
  const sketch = readSketch(positions.bytes)
  const occurrence = occurrenceAt(sketch, positions.offset(position))
  if (occurrence === null) return null
  const meaning = resolver.occurrence(occurrence)
  if (meaning === null) return null
  return { span: positions.span(occurrence), ...described(meaning, sketch, resolver) }
}

function described(meaning: Meaning, sketch: Sketch, resolver: Resolver): Omit<Hover, 'span'> {
  switch (meaning.kind) {
    case 'builtin': {
      const { name } = meaning.builtin
      const entry = name === 'builtins' ? name : `builtins.${name}`
      return { parts: describeBuiltin(meaning.builtin), entry }
    }
    case 'documented':
      return { parts: describeDocumented(meaning.name), entry: entryOf(meaning.name) }
    case 'definition': {
      const parts = describeDefinition(meaning.definition, sketch)
      const name = resolver.documented(meaning)
      if (name === null) return { parts, entry: null }
      return { parts: [...parts, ...describeDocumented(name)], entry: entryOf(name) }
    }
  }
}

function entryOf({ about }: DocumentedName): string | null {
  switch (about?.kind) {
    case 'builtin':
      return `builtins.${about.builtin.name}`
    case 'function':
      return about.fn.names[0]
    case 'package':
      return `pkgs.${about.package.name}`
    default:
      return null
  }
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
