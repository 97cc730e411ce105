import { describe, expect, it } from 'vitest'
import { byteStringToBytes, bytesToByteString } from './bytes'

describe('byte strings', () => {
  // Around the lengths at which bytes are read in another way.
  it.each([0, 1, 63, 64, 65, 8191, 8192, 8193, 20_000])('hold any %i bytes', (length) => {
    for (const last of [0, 10, 127, 128, 255]) {
      const bytes = new Uint8Array(length).fill(97)
      if (length > 0) bytes[length - 1] = last
      const text = bytesToByteString(bytes)
      expect(text).toHaveLength(length)
      expect(text.charCodeAt(length - 1)).toBe(length > 0 ? last : NaN)
      expect(byteStringToBytes(text)).toEqual(bytes)
    }
  })

  it('take text in UTF-8 for bytes, with its byte order mark', () => {
    for (const times of [40, 4000]) {
      const bytes = new TextEncoder().encode('\ufeff' + 'caf\u00e9 \u{1f600} '.repeat(times))
      expect([...bytesToByteString(bytes)].map((c) => c.charCodeAt(0))).toEqual([...bytes])
    }
  })
})
