/** Hashes of what is too large for memory, on another processor than the one that reads it. */
import { createHash, type Hash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { SHARE_ENV, Worker } from 'node:worker_threads'

/** Bytes of a piece. */
export const pieceSize = 1024 * 1024
/** Pieces that may wait to be hashed. Less than that is hashed here: a thread takes time to start. */
const slots = 8

/**
 * The other thread's program: takes pieces in turn until one has no size. As text, so that it needs no file
 * of its own beside whatever bundle this code is in.
 */
const program = `
  const { parentPort } = require('node:worker_threads')
  const { createHash } = require('node:crypto')
  parentPort.once('message', ({ memory, control, algorithms, slots, pieceSize }) => {
    const hashes = algorithms.map((algorithm) => createHash(algorithm))
    for (let taken = 0; ; taken++) {
      Atomics.wait(control, 0, taken)
      const slot = taken % slots
      const size = control[2 + slot]
      if (size < 0) break
      const piece = new Uint8Array(memory, slot * pieceSize, size)
      for (const hash of hashes) hash.update(piece)
      Atomics.store(control, 1, taken + 1)
      Atomics.notify(control, 1)
    }
    parentPort.postMessage(hashes.map((hash) => new Uint8Array(hash.digest())))
  })
`

/** A thread that waits for something to hash. */
let idleThread: Worker | null = null

/** A thread takes a while to start: who knows that much will be hashed may let it start before. */
export function prepareHashing(): void {
  if (availableParallelism() > 1) idleThread ??= startThread()
}

function startThread(): Worker {
  const thread = new Worker(program, { eval: true, env: SHARE_ENV, execArgv: [] })
  // A process may end without an answer that nobody has asked for.
  thread.unref()
  return thread
}

/** What two threads share. */
interface Ring {
  memory: SharedArrayBuffer
  /** Pieces given, pieces taken, and the size of each slot's piece. */
  control: Int32Array
}

/** Rings that are not in use: most of what is hashed is small, and memory takes time to get. */
const freeRings: Ring[] = []

function takeRing(): Ring {
  const ring = freeRings.pop()
  if (ring === undefined)
    return {
      memory: new SharedArrayBuffer(slots * pieceSize),
      control: new Int32Array(new SharedArrayBuffer(4 * (2 + slots))),
    }
  ring.control.fill(0)
  return ring
}

/** Hashes a stream with several algorithms at once. To be ended by `digests` or `abandon`. */
export class PieceHasher {
  private readonly ring = takeRing()
  private readonly memory = this.ring.memory
  private readonly control = this.ring.control
  private given = 0
  private worker: Worker | null = null
  /** What hashes in this thread, once there was more than waits. */
  private hashes: Hash[] | null = null

  /** @param parallel whether another thread may hash; it gains nothing where no processor is free */
  constructor(
    private readonly algorithms: readonly string[],
    private readonly parallel = availableParallelism() > 1,
  ) {}

  /** Room for the next piece; valid until `push`. */
  buffer(): Buffer {
    if (this.given === slots && this.worker === null) {
      if (this.parallel) this.start()
      else this.hashHere()
    }
    for (let taken = this.taken(); this.given - taken >= slots; taken = this.taken())
      Atomics.wait(this.control, 1, taken)
    return Buffer.from(this.memory, (this.given % slots) * pieceSize, pieceSize)
  }

  /** Hashes the first bytes of the room that was given last. */
  push(size: number): void {
    this.control[2 + (this.given % slots)] = size
    Atomics.store(this.control, 0, ++this.given)
    Atomics.notify(this.control, 0)
  }

  /** Hashes a copy of these bytes, at most a piece of them. */
  write(bytes: Uint8Array): void {
    this.buffer().set(bytes)
    this.push(bytes.length)
  }

  /** The digests, raw, in the order of the algorithms. Ends the hasher. */
  async digests(): Promise<Uint8Array[]> {
    const digests = this.worker === null ? this.digestsHere() : await this.digestsFrom(this.worker)
    freeRings.push(this.ring)
    return digests
  }

  /** Gives up: nobody will ask for digests. */
  abandon(): void {
    if (this.worker === null) freeRings.push(this.ring)
    else void this.worker.terminate()
  }

  private digestsHere(): Uint8Array[] {
    this.hashHere()
    return this.hashes!.map((hash) => new Uint8Array(hash.digest()))
  }

  /** Hashes what waits. The room is free again then. */
  private hashHere(): void {
    this.hashes ??= this.algorithms.map((algorithm) => createHash(algorithm))
    for (let slot = 0; slot < this.given; slot++) {
      const piece = new Uint8Array(this.memory, slot * pieceSize, this.control[2 + slot])
      for (const hash of this.hashes) hash.update(piece)
    }
    this.given = 0
  }

  private digestsFrom(worker: Worker): Promise<Uint8Array[]> {
    const answer = new Promise<Uint8Array[]>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
    })
    worker.ref()
    this.end()
    return answer
  }

  private taken(): number {
    return Atomics.load(this.control, 1)
  }

  private end(): void {
    this.buffer()
    this.push(-1)
  }

  private start(): void {
    const { memory, control, algorithms } = this
    this.worker = idleThread ?? startThread()
    idleThread = null
    this.worker.postMessage({ memory, control, algorithms, slots, pieceSize })
  }
}
