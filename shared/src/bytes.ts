/**
 * A string in which every character stands for one byte (U+0000 to U+00FF).
 *
 * Nix's strings are bytes: lengths, substrings, ordering, hashing and regular expressions all count
 * bytes. JavaScript engines keep such strings one byte a character, so they are as small and quick
 * as byte arrays and can be concatenated, compared and used as keys. Text becomes UTF-16 only where
 * a person reads it.
 */
export type ByteString = string

const encoder = new TextEncoder()
const decoder = new TextDecoder()
/** Refuses what is not UTF-8, and takes a byte order mark for what it is. */
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
/** Of fewer bytes than this a decoder takes longer to call than to do without. */
const decoderPays = 64
/**
 * String.fromCharCode takes its characters as arguments; more than this many overflow the stack. Most pieces
 * of this size are ASCII where the whole is not.
 */
const chunk = 8192

/** The UTF-8 bytes of ordinary text, as a byte string. */
export function utf8ToByteString(text: string): ByteString {
  return isAscii(text) ? text : bytesToByteString(encoder.encode(text))
}

/** The text whose UTF-8 bytes these are; bytes that are not UTF-8 become U+FFFD. */
export function byteStringToUtf8(bytes: ByteString): string {
  return isAscii(bytes) ? bytes : decoder.decode(byteStringToBytes(bytes))
}

/** The bytes themselves. */
export function byteStringToBytes(bytes: ByteString): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(bytes.length)
  for (let i = 0; i < bytes.length; i++) result[i] = bytes.charCodeAt(i)
  return result
}

/** A byte string of these bytes. */
export function bytesToByteString(bytes: Uint8Array): ByteString {
  const { length } = bytes
  if (length <= chunk) {
    const text = length < decoderPays ? null : asciiText(bytes)
    return text ?? String.fromCharCode.apply(null, bytes as unknown as number[])
  }
  const parts: string[] = []
  for (let start = 0; start < length; start += chunk) {
    parts.push(bytesToByteString(bytes.subarray(start, start + chunk)))
  }
  return parts.join('')
}

/** The text of bytes that are all ASCII: the platform's decoder is by far the quickest with these. */
function asciiText(bytes: Uint8Array): string | null {
  try {
    const text = strictDecoder.decode(bytes)
    // Every other character of UTF-8 takes more bytes than UTF-16 units.
    return text.length === bytes.length ? text : null
  } catch {
    return null
  }
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false
  return true
}
