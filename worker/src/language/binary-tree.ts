/**
 * The binary form of a tree, so that the second visit to a file need not parse it. It belongs to a
 * source text, and refers to it: names and most strings are ranges of the source's bytes.
 *
 *     version          u8
 *     checksum         u32 little-endian, of all that follows (words are the machine's: they are little-endian
 *                      wherever this runs)
 *     settings         u32 little-endian: what the tree depends on beside the text
 *     source length    bytes
 *     names            how many, then each: its length times two, and
 *                      + 0: where it begins in the source, relative to where the one before ended
 *                      + 1: followed by its bytes
 *     root             a node
 *
 * Numbers are LEB128; signed ones are zigzag. A node is a byte with its kind (low five bits) and two
 * flags of the kind's own; then, unless the byte's highest bit says that it has none, its position,
 * relative to that of the nearest node around it that has one; then what the kind needs, in
 * the order that encode-tree.ts writes it. A deferred node is its kind, a length in bytes, and the node itself:
 * it is skipped until it is needed.
 *
 * The version changes with everything that changes the bytes or what they mean: this form, the kinds
 * of nodes, and what the parser makes of a text.
 */
export const formatVersion = 3
/** Of version, checksum and settings. */
export const headerSize = 9

/** Set in a node's first byte where it has no position. */
export const noPosition = 0x80
export const kindBits = 0x1f
/** How far the two flags of a kind lie from the lowest bit. */
export const flagShift = 5

/** How the text of a string node is kept; its two flags. */
export const enum TextForm {
  /** Length and bytes. */
  Inline,
  /** Length; the source's bytes after the quote at the node's position. */
  Quoted,
  /** Length; the source's bytes from the node's position on. */
  Plain,
  /** Number of runs, then for each how many bytes of the source are skipped and taken. */
  Runs,
}

/** FNV-1a, of words and then of the bytes that are left. */
export function checksum(bytes: Uint8Array, start: number): number {
  let hash = 0x811c9dc5
  const end = start + ((bytes.length - start) & ~3)
  // A copy begins where words may begin.
  const words = new Uint32Array(bytes.slice(start, end).buffer)
  for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ words[i], 0x01000193)
  for (let i = end; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193)
  return hash >>> 0
}
