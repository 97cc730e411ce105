import type { ByteString } from '@snowglobe/shared/bytes'

/**
 * Sorts paths so that what one refers to stands before it, in Nix's own order: depth first, beginning
 * with the smallest. Paths in a cycle (outputs of one derivation) stand next to each other.
 */
export function sortTopologically(
  paths: Iterable<ByteString>,
  referencesOf: (path: ByteString) => readonly ByteString[],
): ByteString[] {
  const wanted = new Set([...paths].sort())
  const visited = new Set<ByteString>()
  const sorted: ByteString[] = []
  // A stack of its own: chains of derivations are longer than the native stack is deep.
  const stack: { path: ByteString; remaining: Iterator<ByteString> }[] = []
  const enter = (path: ByteString) => {
    visited.add(path)
    const references = referencesOf(path).filter((reference) => wanted.has(reference))
    stack.push({ path, remaining: references.sort().values() })
  }
  for (const start of wanted) {
    if (visited.has(start)) continue
    enter(start)
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      const next = frame.remaining.next()
      if (next.done === true) {
        sorted.push(frame.path)
        stack.pop()
      } else if (!visited.has(next.value)) enter(next.value)
    }
  }
  return sorted
}
