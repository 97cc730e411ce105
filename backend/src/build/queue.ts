/** Who builds next. An interface: a queue may be shared by several machines. */
import type { ByteString } from '@snowglobe/shared/bytes'

/** Somebody who waits for a turn. */
export interface QueueEntry {
  /** The derivation to be built. */
  drvPath: ByteString
  /** Gives up waiting when it is aborted. */
  signal: AbortSignal
}

/** A turn: a slot that nobody else has until `leave` is called. */
export interface Turn {
  /** Counts from 0. */
  slot: number
  leave(): void
}

export interface BuildQueue {
  /** Waits for a turn. Rejects with the signal's reason when that is aborted before. */
  enter(entry: QueueEntry): Promise<Turn>
  /** How many may have a turn at a time. */
  readonly capacity: number
  /** Builds that have a turn. */
  readonly running: number
  /** Those that wait, the next one first. */
  readonly waiting: readonly QueueEntry[]
  /** Calls back whenever somebody has come, gone or moved up. */
  onChange(listener: () => void): void
}

/**
 * A queue in this process: first come, first served; or by an order of its own, for what comes in the
 * same moment as well.
 */
export class LocalQueue implements BuildQueue {
  private readonly free: number[]
  private readonly entries: { entry: QueueEntry; start: (turn: Turn) => void }[] = []
  private readonly listeners: (() => void)[] = []

  /** `before` tells whether one is to have its turn before another. */
  constructor(
    readonly capacity: number,
    private readonly before: ((a: QueueEntry, b: QueueEntry) => boolean) | null = null,
  ) {
    this.free = Array.from({ length: capacity }, (_, index) => capacity - 1 - index)
  }

  get running(): number {
    return this.capacity - this.free.length
  }

  get waiting(): readonly QueueEntry[] {
    return this.entries.map(({ entry }) => entry)
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener)
  }

  enter(entry: QueueEntry): Promise<Turn> {
    if (entry.signal.aborted) return Promise.reject(entry.signal.reason as Error)
    return new Promise((resolve, reject) => {
      const waiting = {
        entry,
        start: (turn: Turn) => {
          entry.signal.removeEventListener('abort', giveUp)
          resolve(turn)
        },
      }
      const giveUp = () => {
        this.entries.splice(this.entries.indexOf(waiting), 1)
        this.changed()
        reject(entry.signal.reason as Error)
      }
      entry.signal.addEventListener('abort', giveUp, { once: true })
      this.insert(waiting)
      if (this.before === null) this.startNext()
      else setImmediate(() => this.startNext())
    })
  }

  private insert(waiting: (typeof this.entries)[number]): void {
    const { before } = this
    const index =
      before === null ? -1 : this.entries.findIndex(({ entry }) => before(waiting.entry, entry))
    if (index < 0) this.entries.push(waiting)
    else this.entries.splice(index, 0, waiting)
  }

  private startNext(): void {
    while (this.entries.length > 0) {
      const slot = this.free.pop()
      if (slot === undefined) break
      this.entries.shift()!.start(this.turn(slot))
    }
    this.changed()
  }

  private turn(slot: number): Turn {
    let left = false
    return {
      slot,
      leave: () => {
        if (left) return
        left = true
        this.free.push(slot)
        if (this.before === null) this.startNext()
        else setImmediate(() => this.startNext())
      },
    }
  }

  private changed(): void {
    for (const listener of this.listeners) listener()
  }
}
