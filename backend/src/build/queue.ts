/** Who builds next. An interface: a queue may be shared by several machines. */
import type { ByteString } from '@snowglobe/shared/bytes'

/** Somebody who waits for a turn. */
export interface QueueEntry {
  /** The derivation to be built. */
  drvPath: ByteString
  /** Gives up waiting when it is aborted. */
  signal: AbortSignal
  /** Those who want it at the moment: visitors of a server. */
  visitors: () => Iterable<string>
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

/** Those who wait in a queue, and the order of their turns. */
export interface WaitingLine {
  add(entry: QueueEntry): void
  remove(entry: QueueEntry): void
  /** Takes out the next one, who gets a turn now; `running` have one, longest first. */
  takeNext(running: readonly QueueEntry[]): QueueEntry | undefined
  /** All of them, the next one first. `free` turns can be had before one of the running ends. */
  inOrder(running: readonly QueueEntry[], free: number): Iterable<QueueEntry>
}

/** A queue in this process. Those who come in the same moment are put in order before one has a turn. */
export class LocalQueue implements BuildQueue {
  private readonly free: number[]
  private readonly turns = new Set<QueueEntry>()
  private readonly starts = new Map<QueueEntry, (turn: Turn) => void>()
  private readonly listeners: (() => void)[] = []

  constructor(
    readonly capacity: number,
    private readonly line: WaitingLine,
  ) {
    this.free = Array.from({ length: capacity }, (_, index) => capacity - 1 - index)
  }

  get running(): number {
    return this.turns.size
  }

  get waiting(): readonly QueueEntry[] {
    return [...this.line.inOrder([...this.turns], this.free.length)]
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener)
  }

  enter(entry: QueueEntry): Promise<Turn> {
    if (entry.signal.aborted) return Promise.reject(entry.signal.reason as Error)
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.line.remove(entry)
        this.starts.delete(entry)
        this.changed()
        reject(entry.signal.reason as Error)
      }
      entry.signal.addEventListener('abort', giveUp, { once: true })
      this.line.add(entry)
      this.starts.set(entry, (turn) => {
        entry.signal.removeEventListener('abort', giveUp)
        resolve(turn)
      })
      setImmediate(() => this.startNext())
    })
  }

  private startNext(): void {
    for (let slot = this.free.pop(); slot !== undefined; slot = this.free.pop()) {
      const entry = this.line.takeNext([...this.turns])
      if (entry === undefined) {
        this.free.push(slot)
        break
      }
      const start = this.starts.get(entry)
      this.starts.delete(entry)
      this.turns.add(entry)
      start?.(this.turn(entry, slot))
    }
    this.changed()
  }

  private turn(entry: QueueEntry, slot: number): Turn {
    return {
      slot,
      leave: () => {
        if (!this.turns.delete(entry)) return
        this.free.push(slot)
        setImmediate(() => this.startNext())
      },
    }
  }

  private changed(): void {
    for (const listener of this.listeners) listener()
  }
}
