import type { ByteString } from '@snowglobe/shared/bytes'

/** The bytes that may follow a leading byte, for those where not all of 80 to BF may. */
const secondBytes: Record<number, [number, number]> = {
  0xe0: [0xa0, 0xbf],
  0xed: [0x80, 0x9f],
  0xf0: [0x90, 0xbf],
  0xf4: [0x80, 0x8f],
}

/** How many bytes follow a leading byte; -1 for bytes that lead nothing. */
function following(byte: number): number {
  if (byte < 0x80) return 0
  if (byte < 0xc2 || byte > 0xf4) return -1
  return byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3
}

/**
 * The index of the byte at which a string ceases to be UTF-8 (its length where the last character is
 * cut off), or -1 if it is well-formed.
 */
export function invalidUtf8(bytes: ByteString, from = 0): number {
  for (let i = from; i < bytes.length;) {
    const lead = bytes.charCodeAt(i)
    const count = following(lead)
    if (count < 0) return i
    const [low, high] = secondBytes[lead] ?? [0x80, 0xbf]
    for (let k = 1; k <= count; k++) {
      if (i + k >= bytes.length) return bytes.length
      const byte = bytes.charCodeAt(i + k)
      if (k === 1 ? byte < low || byte > high : byte < 0x80 || byte > 0xbf) return i + k
    }
    i += 1 + count
  }
  return -1
}

/** The UTF-8 bytes of a code point. */
export function utf8Character(codePoint: number): ByteString {
  if (codePoint < 0x80) return String.fromCharCode(codePoint)
  const tail = (shift: number) => 0x80 | ((codePoint >> shift) & 0x3f)
  if (codePoint < 0x800) return String.fromCharCode(0xc0 | (codePoint >> 6), tail(0))
  if (codePoint < 0x10000) {
    return String.fromCharCode(0xe0 | (codePoint >> 12), tail(6), tail(0))
  }
  return String.fromCharCode(0xf0 | (codePoint >> 18), tail(12), tail(6), tail(0))
}
