import { expect, it } from 'vitest'
import { decodeBase16, encodeBase16 } from './base16'
import { EncodingError } from './encoding-error'

it('writes lower case and reads either', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  const many = new Uint8Array(3000).map((_, i) => i)
  expect(encodeBase16(many)).toBe(Buffer.from(many).toString('hex'))
  expect(encodeBase16(bytes)).toBe(Buffer.from(bytes).toString('hex'))
  expect(decodeBase16(encodeBase16(bytes))).toEqual(bytes)
  expect(decodeBase16(encodeBase16(bytes).toUpperCase(), 256)).toEqual(bytes)
})

it('refuses other characters and other lengths', () => {
  for (const text of ['0', '0g', 'zz', '0 ', '@0', '`0', '\u01300'])
    expect(() => decodeBase16(text, 1), text).toThrow(EncodingError)
  expect(() => decodeBase16('0000', 1)).toThrow('has 4 characters; base-16 of 1 bytes has 2')
  expect(() => decodeBase16('000')).toThrow(EncodingError)
})
