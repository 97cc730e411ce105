import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { bytesToByteString } from '@snowglobe/shared/bytes'
import { hashSizes, type HashAlgorithm } from '@snowglobe/shared/hash'
import * as anywhere from '@snowglobe/shared/hashing'
import * as native from './native-hashing'

const algorithms = Object.keys(hashSizes) as HashAlgorithm[]

describe('hashing by Node', () => {
  it('gives what hashing by WebAssembly gives, of bytes and of byte strings', () => {
    for (const algorithm of algorithms)
      for (const size of [0, 1, 1000, 65_536, 65_537, 200_001]) {
        const bytes = Uint8Array.from(randomBytes(size))
        for (const data of [bytes, bytesToByteString(bytes)]) {
          const digest = Buffer.from(anywhere.digestOf(algorithm, data))
          expect(Buffer.from(native.digestOf(algorithm, data))).toEqual(digest)
          const hasher = native.newHasher(algorithm).update('in ').update(data)
          native.digestOf(algorithm, 'in between')
          const expected = anywhere.newHasher(algorithm).update('in ').update(data).digest()
          expect(Buffer.from(hasher.digest())).toEqual(Buffer.from(expected))
        }
      }
  })

  it('does not give a digest twice', () => {
    const hasher = native.newHasher('sha256').update('a')
    hasher.digest()
    expect(() => hasher.digest()).toThrow()
    expect(() => hasher.update('b')).toThrow()
  })
})
