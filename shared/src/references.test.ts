import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { base32Digits, encodeBase32 } from './base32'
import { byteStringToBytes } from './bytes'
import { ReferenceScanner } from './references'

const hashPart = () => encodeBase32(randomBytes(20))
const scan = (hashParts: string[], ...chunks: Uint8Array[]) => {
  const scanner = new ReferenceScanner(hashParts)
  for (const chunk of chunks) scanner.write(chunk)
  return [...scanner.found()].sort()
}
const bytes = (text: string) => byteStringToBytes(text)

describe('scanning for references', () => {
  const [one, two, three] = [hashPart(), hashPart(), hashPart()]

  it('finds hash parts wherever they stand, and only those asked for', () => {
    const text = `${one} \0/nix/store/${two}-x ${three}`
    expect(scan([one, two], bytes(text))).toEqual([one, two].sort())
    expect(scan([one], bytes(one))).toEqual([one])
    expect(scan([one], bytes(`${one}${two}`))).toEqual([one])
    expect(scan([two], bytes(`${one}${two}`))).toEqual([two])
    expect(scan([one], bytes(''))).toEqual([])
    expect(scan([], bytes(one))).toEqual([])
  })

  it('does not find a hash part that is cut in two or changed', () => {
    expect(scan([one], bytes(`${one.slice(0, 16)} ${one.slice(16)}`))).toEqual([])
    expect(scan([one], bytes(one.slice(1)))).toEqual([])
    const last = one.endsWith('0') ? '1' : '0'
    expect(scan([one], bytes(one.slice(0, 31) + last))).toEqual([])
  })

  it('finds a hash part inside a longer run of digits', () => {
    for (const before of [1, 5, 31, 32, 33, 64, 100]) {
      const text = base32Digits[before % 32]!.repeat(before) + one + '0'.repeat(before)
      expect(scan([one], bytes(text)), `after ${before}`).toEqual([one])
    }
  })

  it('finds hash parts across chunks of every size', () => {
    const data = bytes(`abc ${one}!${two}-${'x'.repeat(40)}${three}`)
    for (let size = 1; size <= data.length; size++) {
      const chunks: Uint8Array[] = []
      for (let start = 0; start < data.length; start += size) {
        chunks.push(data.subarray(start, start + size), new Uint8Array())
      }
      expect(scan([one, two, three], ...chunks), `chunks of ${size}`).toEqual(
        [one, two, three].sort(),
      )
    }
  })

  it('does not join what other bytes separate', () => {
    const halves = [bytes(one.slice(0, 20)), bytes('-'), bytes(one.slice(20))]
    expect(scan([one], ...halves)).toEqual([])
  })

  it('agrees with a search for each text, on bytes that are mostly digits', () => {
    for (let round = 0; round < 50; round++) {
      const wanted = Array.from({ length: 20 }, hashPart)
      let text = ''
      while (text.length < 2000) {
        const digits = Array.from(
          randomBytes(Math.random() * 60),
          (byte) => base32Digits[byte % 32],
        )
        text += digits.join('') + (Math.random() < 0.3 ? '-' : '')
        if (Math.random() < 0.5) text += wanted[Math.floor(Math.random() * 20)]!
      }
      const expected = wanted.filter((part) => text.includes(part)).sort()
      const cut = Math.floor(Math.random() * text.length)
      expect(scan(wanted, bytes(text.slice(0, cut)), bytes(text.slice(cut)))).toEqual(expected)
    }
  })

  it('refuses what is no hash part', () => {
    expect(() => new ReferenceScanner(['abc'])).toThrow("'abc' is not the hash part")
  })

  it('finds nothing in bytes that all begin like a hash part', () => {
    // One window for each byte.
    const data = new Uint8Array(1_000_000).fill('0'.charCodeAt(0))
    expect(scan([`${'0'.repeat(31)}1`], data)).toEqual([])
  })
})
