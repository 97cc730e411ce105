import { EncodingError } from './encoding-error'

/**
 * The digits of Nix's base-32: e, o, t and u are left out. The first character of a text holds the
 * highest bits of the last byte, so a text reads as a little-endian number written big end first.
 */
export const base32Digits = '0123456789abcdfghijklmnpqrsvwxyz'

const digitCodes = [...base32Digits].map((digit) => digit.charCodeAt(0))

const valueOfCode = new Int8Array(256).fill(-1)
for (let i = 0; i < 32; i++) valueOfCode[base32Digits.charCodeAt(i)] = i

/** The number of base-32 characters that `length` bytes take. */
export function base32Length(length: number): number {
  return Math.ceil((length * 8) / 5)
}

/** These bytes in Nix's base-32. */
export function encodeBase32(bytes: Uint8Array): string {
  // In one piece: a text that grows by digits is made of as many objects.
  const length = base32Length(bytes.length)
  const codes = new Array<number>(length)
  for (let position = length - 1; position >= 0; position--) {
    const bit = position * 5
    const index = bit >> 3
    const shift = bit & 7
    // Beyond the last byte there are only zeros.
    const next = index + 1 < bytes.length ? bytes[index + 1]! : 0
    codes[length - 1 - position] = digitCodes[((bytes[index]! | (next << 8)) >> shift) & 31]!
  }
  return String.fromCharCode.apply(null, codes)
}

/**
 * The `length` bytes that a text in Nix's base-32 stands for. Throws EncodingError if the text has
 * another length, holds other characters or has bits set beyond the last byte.
 */
export function decodeBase32(
  text: string,
  length = Math.floor((text.length * 5) / 8),
): Uint8Array<ArrayBuffer> {
  if (text.length !== base32Length(length))
    throw new EncodingError(
      `'${text}' has ${text.length} characters; base-32 of ${length} bytes has ${base32Length(length)}`,
    )
  const bytes = new Uint8Array(length)
  for (let position = 0; position < text.length; position++) {
    const code = text.charCodeAt(text.length - 1 - position)
    const digit = code < 256 ? valueOfCode[code]! : -1
    if (digit < 0)
      throw new EncodingError(
        `invalid character in Nix32 (Nix's Base32 variation) string: '${text[text.length - 1 - position]!}'`,
      )
    const bit = position * 5
    const index = bit >> 3
    const spread = digit << (bit & 7)
    bytes[index]! |= spread & 255
    const carry = spread >> 8
    if (carry === 0) continue
    if (index + 1 >= length) throw new EncodingError(`'${text}' is not base-32 of ${length} bytes`)
    bytes[index + 1]! |= carry
  }
  return bytes
}
