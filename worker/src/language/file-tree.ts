import { bytesToByteString } from '@snowglobe/shared/bytes'
import { decodeTree } from './decode-tree'
import { parse, type SyntaxTree } from './parser'
import type { ParseOptions } from './parser-state'
import { SourceText } from './positions'

/** Binary forms of trees, kept for later visits to their texts. */
export interface SyntaxCache {
  /** What was saved for a text and settings, or null. */
  load(source: Uint8Array, fingerprint: number): Uint8Array | null
  /** Takes the tree of a text, if it has a binary form. */
  save(source: Uint8Array, tree: SyntaxTree, fingerprint: number): void
}

/** Where the binary form of a text's tree may be. */
export interface SyntaxSources {
  /** What lies beside the text, or null. */
  beside: Uint8Array | null
  cache: SyntaxCache | null
  /** Of the settings that the tree is for. */
  fingerprint: number
}

/** The tree of a text: decoded where it is there in binary form, else parsed. Throws NixSyntaxError. */
export function fileTree(
  bytes: Uint8Array,
  { beside, cache, fingerprint }: SyntaxSources,
  options: ParseOptions,
): SyntaxTree {
  const encoded = beside ?? cache?.load(bytes, fingerprint) ?? null
  if (encoded !== null) {
    const source = new SourceText(options.origin, bytes)
    const tree = decodeTree(encoded, source, bytes, options.basePath, fingerprint)
    if (tree !== null) return tree
  }
  const tree = parse(bytesToByteString(bytes), options)
  cache?.save(bytes, tree, fingerprint)
  return tree
}
