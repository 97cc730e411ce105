import { messageOf } from '@snowglobe/shared/message-of'
import { Interruption } from '../evaluator/errors'
import type { ReadPack } from './evaluator-protocol'

/** Bytes that are asked for at once, as far as they are not there yet. */
const step = 1024 * 1024

/**
 * Evaluation reads a file of a pack that has not come that far. Whoever began it waits, and begins it
 * again; what it has found out so far is kept.
 */
export class ComingFile extends Interruption {
  override name = 'ComingFile'

  /** @param arrival waits until the file is here; rejected with NoMoreComing */
  constructor(readonly arrival: () => Promise<void>) {
    super('a file of the channel is still coming')
  }
}

/** A pack's bytes are not waited for any more: they do not come, or something newer is to be done. */
export class NoMoreComing extends Error {
  override name = 'NoMoreComing'
}

interface Waiter {
  end: number
  resolve(): void
  reject(reason: NoMoreComing): void
}

/** A pack as an evaluator gets it, piece by piece: evaluation begins before its end is here. */
export class ComingPack {
  /** Has place for all; what has not come is zero. */
  readonly bytes: Uint8Array
  private received = 0
  /** Why the rest does not come, or null. */
  private failure: string | null = null
  private wanted = true
  private waiting: Waiter[] = []

  constructor(size: number, read: ReadPack) {
    this.bytes = new Uint8Array(size)
    void this.receive(read)
  }

  /** Waits until it can be opened. Rejected with NoMoreComing. */
  opened(): Promise<void> {
    return this.arrival(1)
  }

  /** Makes sure that the bytes before `end` are here. Throws ComingFile. */
  require(end: number): void {
    if (end > this.received) throw new ComingFile(() => this.arrival(end))
  }

  /** Ends what waits for it: it is told that something newer has taken its place. */
  giveUp(): void {
    this.release('superseded')
  }

  /** Lets go of it: nothing will be read any more. */
  leave(): void {
    this.wanted = false
  }

  private arrival(end: number): Promise<void> {
    if (end <= this.received) return Promise.resolve()
    return new Promise((resolve, reject) => {
      if (this.failure === null) this.waiting.push({ end, resolve, reject })
      else reject(new NoMoreComing(this.failure))
    })
  }

  private async receive(read: ReadPack): Promise<void> {
    try {
      // The first piece is all that opening takes.
      for (let until = 1; this.wanted && this.received < this.bytes.length;) {
        const piece = await read(this.received, Math.min(until, this.bytes.length))
        this.bytes.set(piece, this.received)
        this.received += piece.length
        until = this.received + step
        const here = this.waiting.filter(({ end }) => end <= this.received)
        this.waiting = this.waiting.filter(({ end }) => end > this.received)
        for (const { resolve } of here) resolve()
      }
    } catch (error) {
      this.failure = messageOf(error)
      this.release(this.failure)
    }
  }

  private release(reason: string): void {
    const { waiting } = this
    this.waiting = []
    for (const { reject } of waiting) reject(new NoMoreComing(reason))
  }
}
