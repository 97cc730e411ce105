import { EncodingError } from './encoding-error'

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const urlDigits = digits.slice(0, 62) + '-_'

/** These bytes in base-64 (RFC 4648 §4), padded with `=`. */
export function encodeBase64(bytes: Uint8Array): string {
  return encode(bytes, digits) + '='.repeat((3 - (bytes.length % 3)) % 3)
}

/** These bytes in the base-64 of URLs (RFC 4648 §5), not padded. */
export function encodeBase64Url(bytes: Uint8Array): string {
  return encode(bytes, urlDigits)
}

/** The bytes of a base-64 text; its padding may be missing. Throws EncodingError. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  return decode(text, valuesOf(digits))
}

/** The bytes of a text in the base-64 of URLs; its padding may be missing. Throws EncodingError. */
export function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> {
  return decode(text, valuesOf(urlDigits))
}

function encode(bytes: Uint8Array, alphabet: string): string {
  let result = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i
    const group = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    result += alphabet[group >> 18]! + alphabet[(group >> 12) & 63]!
    if (left > 1) result += alphabet[(group >> 6) & 63]!
    if (left > 2) result += alphabet[group & 63]!
  }
  return result
}

const tables = new Map<string, Int8Array>()

function valuesOf(alphabet: string): Int8Array {
  let table = tables.get(alphabet)
  if (table === undefined) {
    table = new Int8Array(128).fill(-1)
    for (let i = 0; i < 64; i++) table[alphabet.charCodeAt(i)] = i
    tables.set(alphabet, table)
  }
  return table
}

function decode(text: string, values: Int8Array): Uint8Array<ArrayBuffer> {
  let end = text.length
  while (end > 0 && text.length - end < 2 && text[end - 1] === '=') end--
  if (end % 4 === 1 || (end < text.length && text.length % 4 !== 0))
    throw new EncodingError(`a base-64 text cannot have ${text.length} characters`)
  const bytes = new Uint8Array(Math.floor((end * 3) / 4))
  let bits = 0
  let count = 0
  let length = 0
  for (let i = 0; i < end; i++) {
    const code = text.charCodeAt(i)
    const value = code < 128 ? values[code]! : -1
    if (value < 0)
      throw new EncodingError(`invalid character in Base64 string: '${text[i]!}' (at ${i})`)
    bits = ((bits << 6) | value) & 0xffff
    count += 6
    if (count < 8) continue
    count -= 8
    bytes[length++] = (bits >> count) & 255
  }
  return bytes
}
