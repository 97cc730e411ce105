import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { decodeBase64, decodeBase64Url, encodeBase64, encodeBase64Url } from './base64'
import { EncodingError } from './encoding-error'

describe('base-64', () => {
  it('agrees with Node for every length, padded and for URLs', () => {
    for (let length = 0; length <= 70; length++) {
      const bytes = randomBytes(length)
      expect(encodeBase64(bytes)).toBe(bytes.toString('base64'))
      expect(encodeBase64Url(bytes)).toBe(bytes.toString('base64url'))
      expect(Buffer.from(decodeBase64(bytes.toString('base64')))).toEqual(bytes)
      expect(Buffer.from(decodeBase64Url(bytes.toString('base64url')))).toEqual(bytes)
    }
  })

  it('reads texts whose padding is missing', () => {
    expect(decodeBase64('/w')).toEqual(Uint8Array.of(255))
  })

  it('refuses wrong characters, wrong padding and impossible lengths', () => {
    for (const text of [
      '_w==',
      'a b=',
      'A',
      'AAAAA',
      'AA=',
      'A===',
      '=AAA',
      'AA==AA==',
      'ÿÿÿÿ',
      'AAA\u0141',
    ])
      expect(() => decodeBase64(text), text).toThrow(EncodingError)
    expect(() => decodeBase64Url('+/AA')).toThrow(EncodingError)
  })
})
