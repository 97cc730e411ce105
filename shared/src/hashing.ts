/**
 * Hashing by WebAssembly, which is the same everywhere. Bundles for Node have Node's own in its place
 * (worker/src/node/native-hashing.ts): it is four times as fast and needs not be loaded.
 */
import { createMD5, createSHA1, createSHA256, createSHA512, type IHasher } from 'hash-wasm'
import type { ByteString } from './bytes'
import type { HashAlgorithm, Hasher } from './hash'

/**
 * One WebAssembly instance for each algorithm, and the hasher whose state it holds at the moment.
 * Making an instance is asynchronous, so hashers share one: whoever needs it next puts the other's
 * state aside.
 */
interface Engine {
  hasher: IHasher
  owner: EngineHasher | null
}

const [md5, sha1, sha256, sha512] = await Promise.all([
  createMD5(),
  createSHA1(),
  createSHA256(),
  createSHA512(),
])
const engines: Readonly<Record<HashAlgorithm, Engine>> = {
  md5: { hasher: md5, owner: null },
  sha1: { hasher: sha1, owner: null },
  sha256: { hasher: sha256, owner: null },
  sha512: { hasher: sha512, owner: null },
}

class EngineHasher implements Hasher {
  private engine: Engine
  /** What has been hashed so far, while another hasher uses the engine. */
  private saved: Uint8Array | null = null
  private finished = false

  constructor(readonly algorithm: HashAlgorithm) {
    this.engine = engines[algorithm]
    this.claim()
  }

  update(data: Uint8Array | ByteString): this {
    this.claim()
    feed(this.engine.hasher, data)
    return this
  }

  digest(): Uint8Array {
    this.claim()
    this.finished = true
    this.engine.owner = null
    return this.engine.hasher.digest('binary')
  }

  private claim(): void {
    if (this.finished) throw new Error('this hasher has given its digest already')
    if (this.engine.owner === this) return
    putAside(this.engine)
    this.engine.hasher.init()
    if (this.saved !== null) this.engine.hasher.load(this.saved)
    this.saved = null
    this.engine.owner = this
  }

  /** Frees the engine; only for this module. */
  static putAside(hasher: EngineHasher): void {
    hasher.saved = hasher.engine.hasher.save()
    hasher.engine.owner = null
  }
}

function putAside(engine: Engine): void {
  if (engine.owner !== null) EngineHasher.putAside(engine.owner)
}

/** A new hasher of this algorithm. */
export function newHasher(algorithm: HashAlgorithm): Hasher {
  return new EngineHasher(algorithm)
}

/** The digest of these bytes. */
export function digestOf(algorithm: HashAlgorithm, data: Uint8Array | ByteString): Uint8Array {
  const engine = engines[algorithm]
  putAside(engine)
  engine.hasher.init()
  feed(engine.hasher, data)
  return engine.hasher.digest('binary')
}

const encoder = new TextEncoder()

/** Byte strings pass through this piece by piece: hash-wasm would take them for UTF-16 text. */
const scratch = new Uint8Array(64 * 1024)

function feed(hasher: IHasher, data: Uint8Array | ByteString): void {
  if (typeof data !== 'string') {
    hasher.update(data)
    return
  }
  for (let start = 0; start < data.length; start += scratch.length) {
    const length = Math.min(scratch.length, data.length - start)
    const piece = length === data.length ? data : data.slice(start, start + length)
    // ASCII is its own UTF-8, and what writes that is quick; of anything else it writes more.
    const { read, written } = encoder.encodeInto(piece, scratch)
    if (read !== length || written !== length) {
      for (let i = 0; i < length; i++) scratch[i] = piece.charCodeAt(i)
    }
    hasher.update(scratch.subarray(0, length))
  }
}
