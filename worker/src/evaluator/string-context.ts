/** What the elements of a string's context say; values.ts tells how they are encoded. */
import type { ByteString } from '@snowglobe/shared/bytes'

export type ContextElement =
  /** A store path itself. */
  | { kind: 'opaque'; path: ByteString }
  /** An output of a derivation. */
  | { kind: 'built'; path: ByteString; output: ByteString }
  /** A derivation with all its outputs and everything they are built of. */
  | { kind: 'deep'; path: ByteString }

export function parseContextElement(element: ByteString): ContextElement {
  if (element.startsWith('=')) return { kind: 'deep', path: element.slice(1) }
  if (!element.startsWith('!')) return { kind: 'opaque', path: element }
  const end = element.indexOf('!', 1)
  return { kind: 'built', path: element.slice(end + 1), output: element.slice(1, end) }
}

export function formatContextElement(element: ContextElement): ByteString {
  switch (element.kind) {
    case 'opaque':
      return element.path
    case 'built':
      return `!${element.output}!${element.path}`
    case 'deep':
      return `=${element.path}`
  }
}
