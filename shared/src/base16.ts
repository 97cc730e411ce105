import { EncodingError } from './encoding-error'

const digits = [...'0123456789abcdef'].map((digit) => digit.charCodeAt(0))
/** So many bytes at once: their digits are the arguments of one call. */
const most = 1024

/** Lower-case hexadecimal of these bytes. */
export function encodeBase16(bytes: Uint8Array): string {
  if (bytes.length <= most) return digitsOf(bytes)
  let result = ''
  for (let start = 0; start < bytes.length; start += most) {
    result += digitsOf(bytes.subarray(start, start + most))
  }
  return result
}

/** In one piece: a text that grows by digits is made of as many objects. */
function digitsOf(bytes: Uint8Array): string {
  const codes = new Array<number>(bytes.length * 2)
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!
    codes[2 * i] = digits[byte >> 4]!
    codes[2 * i + 1] = digits[byte & 15]!
  }
  return String.fromCharCode.apply(null, codes)
}

/**
 * The `length` bytes that a hexadecimal text (either case) stands for. Throws EncodingError if the
 * text has another length or holds other characters.
 */
export function decodeBase16(text: string, length = text.length >> 1): Uint8Array<ArrayBuffer> {
  if (text.length !== length * 2)
    throw new EncodingError(
      `'${text}' has ${text.length} characters; base-16 of ${length} bytes has ${length * 2}`,
    )
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i++) {
    const high = digitValue(text.charCodeAt(2 * i))
    const low = digitValue(text.charCodeAt(2 * i + 1))
    if (high < 0 || low < 0) throw new EncodingError(`'${text}' is not base-16`)
    bytes[i] = (high << 4) | low
  }
  return bytes
}

function digitValue(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  const lower = code | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}
