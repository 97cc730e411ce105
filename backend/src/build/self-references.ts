import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { HashAlgorithm } from '@snowglobe/shared/hash'
import { hashPartLength } from '@snowglobe/shared/store-path-name'

/**
 * The hash of a stream in which the hash part of the stream's own path counts as zeros, followed by
 * the places where it was: what a path that refers to itself has for a content address
 * (https://nix.dev/manual/nix/latest/store/store-object/content-address). Null is for a stream
 * without any.
 */
export async function hashModuloSelf(
  pieces: Iterable<Uint8Array>,
  algorithm: HashAlgorithm,
  hashPart: string | null,
): Promise<Uint8Array> {
  const hash = createHash(algorithm)
  const places: number[] = []
  let before = Buffer.alloc(0)
  let position = 0
  for (const piece of pieces) {
    await setImmediate()
    if (hashPart === null) {
      hash.update(piece)
      continue
    }
    const bytes = Buffer.concat([before, piece])
    for (let at = bytes.indexOf(hashPart, 0, 'latin1'); at >= 0;) {
      places.push(position + at)
      bytes.fill(0, at, at + hashPartLength)
      at = bytes.indexOf(hashPart, at, 'latin1')
    }
    // What may be the beginning of one more.
    const done = Math.max(0, bytes.length - hashPartLength + 1)
    hash.update(bytes.subarray(0, done))
    before = Buffer.from(bytes.subarray(done))
    position += done
  }
  hash.update(before)
  for (const place of places) hash.update(`|${place}`)
  return new Uint8Array(hash.digest())
}
