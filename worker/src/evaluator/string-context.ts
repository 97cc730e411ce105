/** What the elements of a string's context say; values.ts tells how they are encoded. */
import type { ByteString } from '@snowglobe/shared/bytes'

export type ContextElement =
  /** A store path itself. */
  | { kind: 'opaque'; path: ByteString }
  /**
   * An output of a derivation: of a `.drv`, or of `output!…`, a derivation that another one builds.
   */
  | { kind: 'built'; path: ByteString; output: ByteString }
  /** A derivation with all its outputs and everything they are built of. */
  | { kind: 'deep'; path: ByteString }

export function parseContextElement(element: ByteString): ContextElement {
  if (element.startsWith('=')) return { kind: 'deep', path: element.slice(1) }
  if (!element.startsWith('!')) return { kind: 'opaque', path: element }
  const end = element.indexOf('!', 1)
  return { kind: 'built', path: element.slice(end + 1), output: element.slice(1, end) }
}

/** The `.drv` file that what a context element names is built from in the end. */
export function baseDerivation(path: ByteString): ByteString {
  return path.slice(path.lastIndexOf('!') + 1)
}

/** What messages call something that is built: `/nix/store/….drv^out`. */
export function showDerived(path: ByteString, output: ByteString): ByteString {
  return [output, ...path.split('!')].reverse().join('^')
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
