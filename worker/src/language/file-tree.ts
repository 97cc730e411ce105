import { bytesToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { parse, type SyntaxTree } from './parser'
import type { ParseOptions } from './parser-state'
import { SourceText } from './positions'

/**
 * A tree in binary form (binary-tree.ts), of the text that it was found for. It gives the tree; or null
 * where it is of other settings or another version, or damaged.
 *
 * @param source the text
 * @param basePath the directory that relative path literals start from, absolute
 * @param fingerprint of the settings
 */
export type StoredTree = (
  source: SourceText,
  basePath: ByteString,
  fingerprint: number,
) => SyntaxTree | null

/** Binary forms of trees, kept for later visits to their texts. */
export interface SyntaxCache {
  /** What was saved for a text and settings, or null. */
  load(source: Uint8Array, fingerprint: number): StoredTree | null
  /** Takes the tree of a text, if it has a binary form. */
  save(source: Uint8Array, tree: SyntaxTree, fingerprint: number): void
}

/** Where the binary form of a text's tree may be. */
export interface SyntaxSources {
  /** What lies beside the text, or null. */
  beside: StoredTree | null
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
  const stored = beside ?? cache?.load(bytes, fingerprint) ?? null
  if (stored !== null) {
    const source = new SourceText(options.origin, bytes)
    const tree = stored(source, options.basePath, fingerprint)
    if (tree !== null) return tree
  }
  const tree = parse(bytesToByteString(bytes), options)
  cache?.save(bytes, tree, fingerprint)
  return tree
}
