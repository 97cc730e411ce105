/**
 * How the stores of a tab keep NARs: cut into pieces that are kept once each. Files are cut out whole, so
 * that equal files in different paths share their pieces (the tab's `optimise`).
 */
import { encodeBase16 } from '@snowglobe/shared/base16'
import { hashBytes } from '@snowglobe/shared/hash'
import { indexNarAt, type NarIndexNode } from '@snowglobe/shared/nar'

/** Bytes of a piece: small enough to read and write quickly, large enough to be few. */
const maxChunk = 1024 * 1024
/** Files smaller than this stay with what surrounds them: a piece of its own would cost more. */
const minShared = 4096

export interface Chunk {
  /** SHA-256 of the bytes, base-16. */
  key: string
  bytes: Uint8Array
}

/**
 * Cuts a well-formed NAR. The pieces are copies.
 *
 * @param narHash SHA-256 of the NAR, which most often is one piece; computed where it is not given
 */
export function cutNar(nar: Uint8Array, narHash?: Uint8Array): Chunk[] {
  const cuts = new Set<number>([nar.length])
  const visit = (node: NarIndexNode) => {
    if (node.type === 'directory') for (const entry of node.entries.values()) visit(entry)
    else if (node.type === 'regular' && node.size >= minShared) {
      cuts.add(node.offset)
      cuts.add(node.offset + node.size)
    }
  }
  visit(indexNarAt(nar, 0).root)
  const chunks: Chunk[] = []
  let start = 0
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    for (; start < cut; start = Math.min(cut, start + maxChunk)) {
      // A copy: keeping a view would keep the whole buffer that it looks into.
      const bytes = nar.slice(start, Math.min(cut, start + maxChunk))
      const known = bytes.length === nar.length ? narHash : undefined
      const hash = known ?? hashBytes('sha256', bytes)
      chunks.push({ key: encodeBase16(hash), bytes })
    }
  }
  return chunks
}

/** Puts pieces together again. */
export function joinChunks(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0))
  let offset = 0
  for (const piece of pieces) {
    bytes.set(piece, offset)
    offset += piece.length
  }
  return bytes
}
