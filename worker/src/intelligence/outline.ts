import { byteStringToUtf8 } from '@snowglobe/shared/bytes'
import type { OutlineKind, OutlineSymbol } from './answers'
import { readSketch } from './read-sketch'
import type { Definition } from './sketch'
import { TextPositions } from './text-positions'

/** Deeper bindings are left out: nobody looks for them in an outline. */
const maxDepth = 30

/** The bindings of a text, those within others as their children. */
export function outline(text: string): OutlineSymbol[] {
  const positions = new TextPositions(text)
  const symbols = (definitions: readonly Definition[], depth: number): OutlineSymbol[] =>
    depth === maxDepth
      ? []
      : definitions.map((definition) => ({
          name: byteStringToUtf8(definition.name),
          kind: kindOf(definition),
          span: positions.span(definition.whole),
          nameSpan: positions.span(definition),
          children: symbols(definition.children, depth + 1),
        }))
  return symbols(readSketch(positions.bytes).outline, 0)
}

function kindOf({ kind, value }: Definition): OutlineKind {
  switch (value.kind) {
    case 'lambda':
      return 'function'
    case 'set':
      return 'set'
    case 'path':
      return 'path'
    case 'literal':
      return value.type === 'int' || value.type === 'float' ? 'number' : value.type
    default:
      return kind === 'attribute' ? 'attribute' : 'variable'
  }
}
