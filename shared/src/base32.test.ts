import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { nixVersion, withoutNix } from '../../tests/real-nix'
import { base32Length, decodeBase32, encodeBase32 } from './base32'
import { EncodingError } from './encoding-error'

describe('Nix base-32', () => {
  it('writes the last bytes first', () => {
    expect(encodeBase32(Uint8Array.of(1))).toBe('01')
    expect(encodeBase32(Uint8Array.of(0, 1))).toBe('0080')
    expect(encodeBase32(new Uint8Array())).toBe('')
  })

  it('gives back the bytes of every length', () => {
    for (let length = 0; length <= 70; length++) {
      const bytes = Uint8Array.from(randomBytes(length))
      const text = encodeBase32(bytes)
      expect(text).toHaveLength(base32Length(length))
      expect(decodeBase32(text, length)).toEqual(bytes)
      expect(decodeBase32(text)).toEqual(bytes)
    }
  })

  it('refuses other lengths, letters that are left out, and bits beyond the last byte', () => {
    expect(() => decodeBase32('000', 1)).toThrow(EncodingError)
    for (const letter of ['e', 'o', 't', 'u', 'A', '-', '\u0130'])
      expect(() => decodeBase32(`0${letter}`, 1)).toThrow(`string: '${letter}'`)
    expect(decodeBase32('7z', 1)).toEqual(Uint8Array.of(255))
    expect(() => decodeBase32('8z', 1)).toThrow(EncodingError)
    expect(() => decodeBase32('zz', 1)).toThrow(EncodingError)
  })

  it.skipIf(nixVersion === null)(`agrees with ${nixVersion ?? withoutNix}`, () => {
    for (const [type, length] of [
      ['md5', 16],
      ['sha1', 20],
      ['sha256', 32],
      ['sha512', 64],
    ] as const) {
      const digests = Array.from({ length: 20 }, () => randomBytes(length))
      const args = [
        '--type',
        type,
        '--to-base32',
        ...digests.map((digest) => digest.toString('hex')),
      ]
      const expected = execFileSync('nix-hash', args, { encoding: 'utf8' }).trim().split('\n')
      expect(digests.map(encodeBase32)).toEqual(expected)
      expect(expected.map((text) => Buffer.from(decodeBase32(text, length)))).toEqual(digests)
    }
  })
})
