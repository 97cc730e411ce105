/** Hashing by the code that Node brings along, in the place of shared/src/hashing.ts. */
import { createHash, hash, type Hash } from 'node:crypto'
import { byteStringToBytes, type ByteString } from '@snowglobe/shared/bytes'
import type { HashAlgorithm, Hasher } from '@snowglobe/shared/hash'

/** Byte strings that fit pass through this. */
const scratch = Buffer.alloc(64 * 1024)

/** Of no more than this, Node's own conversion to UTF-8 is quicker; of ASCII it is the same. */
const shortText = 512
const beyondAscii = /[^\0-\x7f]/

class NativeHasher implements Hasher {
  private readonly hash: Hash

  constructor(algorithm: HashAlgorithm) {
    this.hash = createHash(algorithm)
  }

  update(data: Uint8Array | ByteString): this {
    this.hash.update(bytesOf(data))
    return this
  }

  digest(): Uint8Array {
    return this.hash.digest()
  }
}

/** A new hasher of this algorithm. */
export function newHasher(algorithm: HashAlgorithm): Hasher {
  return new NativeHasher(algorithm)
}

/** The digest of these bytes. */
export function digestOf(algorithm: HashAlgorithm, data: Uint8Array | ByteString): Uint8Array {
  const isText = typeof data === 'string' && data.length <= shortText && !beyondAscii.test(data)
  // A digest as a text: the memory of a buffer lies outside V8's heap, and takes longer to get.
  return byteStringToBytes(hash(algorithm, isText ? data : bytesOf(data), 'binary'))
}

function bytesOf(data: Uint8Array | ByteString): Uint8Array {
  if (typeof data !== 'string') return data
  if (data.length > scratch.length) return Buffer.from(data, 'latin1')
  return scratch.subarray(0, scratch.write(data, 'latin1'))
}
