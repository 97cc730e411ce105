import { encodeBase32 } from './base32'
import type { ByteString } from './bytes'
import { decodeDigest, HashError, parseHashAlgorithm, type Hash } from './hash'
import { makeFixedOutputPath, makeTextPath, parseStorePath } from './store-path'

/** What a content-addressed path's hash is that of: a text file, a file's bytes, or a NAR. */
export interface ContentAddress {
  method: 'text' | 'flat' | 'recursive'
  hash: Hash
}

/** A content address as narinfos and path infos hold it: `fixed:r:sha256:…` in base-32. */
export function formatContentAddress({ method, hash }: ContentAddress): string {
  const prefix = method === 'text' ? 'text:' : method === 'flat' ? 'fixed:' : 'fixed:r:'
  return `${prefix}${hash.algorithm}:${encodeBase32(hash.bytes)}`
}

/** Throws HashError if the text is no content address. */
export function parseContentAddress(text: string): ContentAddress {
  const match = /^(text:|fixed:r:|fixed:)([^:]*):(.*)$/s.exec(text)
  if (!match)
    throw new HashError(
      `'${text}' is not a content address: expected 'text:<algorithm>:<hash>' or 'fixed:[r:]<algorithm>:<hash>'`,
    )
  const [, prefix, algorithmName, digest] = match
  const algorithm = parseHashAlgorithm(algorithmName!)
  const hash = { algorithm, bytes: decodeDigest(digest!, algorithm) }
  return { method: prefix === 'text:' ? 'text' : prefix === 'fixed:' ? 'flat' : 'recursive', hash }
}

/**
 * The store path of content with this address. `references` may hold the path itself; in that case
 * the hash must have been taken with the path's own hash part masked. Throws StorePathError where
 * such content cannot have references.
 */
export function pathOfContentAddress(
  storeDir: ByteString,
  { method, hash }: ContentAddress,
  name: ByteString,
  references: Iterable<ByteString> = [],
): ByteString {
  if (method === 'text') return makeTextPath(storeDir, name, hash, references)
  const all = [...references]
  // Which reference is the path itself shows only when the path has been made without it.
  for (const reference of all) {
    if (method !== 'recursive' || parseStorePath(storeDir, reference).name !== name) continue
    const others = all.filter((other) => other !== reference)
    const path = makeFixedOutputPath(storeDir, method, hash, name, others, true)
    if (path === reference) return path
  }
  return makeFixedOutputPath(storeDir, method, hash, name, all)
}
