import { createHash, randomFillSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { PieceHasher, pieceSize } from './piece-hasher'

describe.each([true, false])('hashing piece by piece (in another thread: %s)', (parallel) => {
  const bytes = randomFillSync(Buffer.alloc(23 * pieceSize + 7))

  // In this thread, just before another is started, and in that one.
  it.each([0, 1, 5, pieceSize, 8 * pieceSize, 8 * pieceSize + 1, bytes.length])(
    'gives the hashes of %d bytes',
    async (size) => {
      const hasher = new PieceHasher(['sha256', 'md5'], parallel)
      for (let start = 0; start < size; start += pieceSize)
        hasher.write(bytes.subarray(start, Math.min(size, start + pieceSize)))
      const expected = ['sha256', 'md5'].map((algorithm) => {
        const hash = createHash(algorithm).update(bytes.subarray(0, size))
        return new Uint8Array(hash.digest())
      })
      expect(await hasher.digests()).toEqual(expected)
    },
  )

  it('can be given up, and what comes next is hashed as if nothing had been', async () => {
    const abandoned = new PieceHasher(['sha256'], parallel)
    for (let i = 0; i < 20; i++) abandoned.write(bytes.subarray(0, pieceSize))
    abandoned.abandon()
    const next = new PieceHasher(['sha256'], parallel)
    next.write(bytes.subarray(pieceSize, 2 * pieceSize))
    const expected = createHash('sha256')
      .update(bytes.subarray(pieceSize, 2 * pieceSize))
      .digest()
    expect(await next.digests()).toEqual([new Uint8Array(expected)])
  })
})
