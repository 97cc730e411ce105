import { createHash } from 'node:crypto'
import { encodeTree } from '../../worker/src/language/encode-tree'
import { storedTree } from '../../worker/src/language/decode-tree'
import type { StoredTree, SyntaxCache } from '../../worker/src/language/file-tree'

/** Trees in binary form, by their texts and settings. */
export class MemorySyntaxCache implements SyntaxCache {
  private readonly trees = new Map<string, Uint8Array>()

  load(source: Uint8Array, fingerprint: number): StoredTree | null {
    const tree = this.trees.get(keyOf(source, fingerprint))
    return tree === undefined ? null : storedTree(tree)
  }

  save(...[source, tree, fingerprint]: Parameters<SyntaxCache['save']>): void {
    const encoded = encodeTree(tree, fingerprint)
    if (encoded !== null) this.trees.set(keyOf(source, fingerprint), encoded)
  }
}

function keyOf(source: Uint8Array, fingerprint: number): string {
  return `${fingerprint} ${createHash('sha256').update(source).digest('hex')}`
}
