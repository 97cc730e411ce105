import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { nixVersion, withoutNix } from '../../tests/real-nix'
import { bytesToByteString } from './bytes'
import {
  compressHash,
  createHasher,
  emptyHash,
  formatHash,
  hashBytes,
  HashError,
  hashSizes,
  parseHash,
  parseSriHash,
  type Hash,
  type HashAlgorithm,
} from './hash'

const algorithms = Object.keys(hashSizes) as HashAlgorithm[]
const digest = (algorithm: HashAlgorithm, data: Uint8Array) =>
  Uint8Array.from(createHash(algorithm).update(data).digest())

describe('hashing', () => {
  it('agrees with Node, for bytes and for byte strings', () => {
    for (const algorithm of algorithms)
      for (const size of [0, 1, 55, 56, 63, 64, 65, 127, 128, 1000, 65_535, 65_536, 200_001]) {
        const data = Uint8Array.from(randomBytes(size))
        expect(hashBytes(algorithm, data)).toEqual(digest(algorithm, data))
        expect(hashBytes(algorithm, bytesToByteString(data))).toEqual(digest(algorithm, data))
      }
  })

  it('takes the characters of a byte string for bytes, not for text', () => {
    expect(hashBytes('sha256', '\xe9')).toEqual(digest('sha256', Uint8Array.of(0xe9)))
  })

  it('takes long byte strings, of ASCII or not, for bytes', () => {
    for (const text of ['a'.repeat(200_000), 'a'.repeat(70_000) + '\xe9'.repeat(70_000)]) {
      const digest = createHash('sha256').update(text, 'latin1').digest()
      expect([...hashBytes('sha256', text)]).toEqual([...digest])
    }
  })

  it('keeps hashers apart that are under way at the same time', () => {
    const pieces = Array.from({ length: 50 }, (_, i) => Uint8Array.from(randomBytes(i * 37)))
    const all = Buffer.concat(pieces)
    const hashers = [0, 1, 2].map(() => createHasher('sha256'))
    const abandoned = createHasher('sha256').update('never ended')
    for (const piece of pieces) {
      for (const hasher of hashers) hasher.update(piece)
      hashBytes('sha256', 'in between')
    }
    abandoned.update('still going')
    for (const hasher of hashers) expect(hasher.digest()).toEqual(digest('sha256', all))
    expect(createHasher('sha256').digest()).toEqual(digest('sha256', Buffer.of()))
  })

  it('does not give a digest twice', () => {
    const hasher = createHasher('md5').update('a')
    hasher.digest()
    expect(() => hasher.digest()).toThrow('already')
    expect(() => hasher.update('b')).toThrow('already')
  })

  it('keeps a digest when the next is made', () => {
    const first = hashBytes('sha1', 'a')
    const copy = first.slice()
    hashBytes('sha1', 'b')
    expect(first).toEqual(copy)
  })

  it('folds digests', () => {
    expect(compressHash(Uint8Array.of(1, 2, 4, 8, 16), 2)).toEqual(Uint8Array.of(1 ^ 4 ^ 16, 2 ^ 8))
  })
})

describe('hashes as text', () => {
  const hash: Hash = { algorithm: 'sha256', bytes: hashBytes('sha256', 'hello') }
  const base16 = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'
  const nix32 = '094qif9n4cq4fdg459qzbhg1c6wywawwaaivx0k0x8xhbyx4vwic'
  const base64 = 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ='

  it('are written in four formats', () => {
    expect(formatHash(hash, 'base16')).toBe(base16)
    expect(formatHash(hash, 'nix32', true)).toBe(`sha256:${nix32}`)
    expect(formatHash(hash, 'base64', true)).toBe(`sha256:${base64}`)
    expect(formatHash(hash, 'sri')).toBe(`sha256-${base64}`)
  })

  it('are read in every format, with and without prefix', () => {
    for (const digest of [base16, nix32, base64]) {
      expect(parseHash(digest, 'sha256')).toEqual(hash)
      expect(parseHash(`sha256:${digest}`, null)).toEqual(hash)
      expect(parseHash(`sha256:${digest}`, 'sha256')).toEqual(hash)
    }
    expect(parseHash(`sha256-${base64}`, null)).toEqual(hash)
    expect(parseSriHash(`sha256-${base64}`)).toEqual(hash)
  })

  it.each([
    [base16, null, `hash '${base16}' does not include a type, nor is the type otherwise known`],
    [`sha1:${base16}`, 'sha256', `hash 'sha1:${base16}' should have type 'sha256'`],
    [`sha3:${base16}`, null, "unknown hash algorithm 'sha3', expect 'md5', 'sha1', 'sha256', or"],
    ['abc', 'sha256', "hash 'abc' has wrong length for hash algorithm 'sha256'"],
    ['sha256-AAAA', null, "invalid SRI hash 'AAAA', length 3 != expected length 32"],
    [base16.replace('2', 'x'), 'sha256', 'while decoding hash'],
    [nix32.replace('0', 'e'), 'sha256', "invalid character in Nix32 (Nix's Base32 variation)"],
    [`z${nix32.slice(1)}`, 'sha256', 'while decoding hash'],
    ['', 'sha256', "hash '' has wrong length"],
    ['toString:x', null, "unknown hash algorithm 'toString'"],
  ] as const)('%s as %s is refused', (text, algorithm, message) => {
    expect(() => parseHash(text, algorithm)).toThrow(HashError)
    expect(() => parseHash(text, algorithm)).toThrow(message)
  })

  it('are of zeros where none is given', () => {
    expect(formatHash(emptyHash('sha256'), 'sri')).toBe(
      'sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
    )
  })

  it.skipIf(nixVersion === null)(`are those of ${nixVersion ?? withoutNix}`, () => {
    for (const algorithm of algorithms) {
      const own: Hash = { algorithm, bytes: hashBytes(algorithm, randomBytes(100)) }
      const nix = (command: string) =>
        execFileSync(
          'nix',
          [
            '--extra-experimental-features',
            'nix-command',
            'hash',
            command,
            '--type',
            algorithm,
          ].concat(formatHash(own, 'base16')),
          { encoding: 'utf8' },
        ).trim()
      expect(formatHash(own, 'nix32')).toBe(nix('to-base32'))
      expect(formatHash(own, 'base64')).toBe(nix('to-base64'))
      expect(formatHash(own, 'sri')).toBe(nix('to-sri'))
    }
  })
})
