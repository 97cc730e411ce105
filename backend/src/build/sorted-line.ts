import type { QueueEntry, WaitingLine } from './queue'

/** Turns in an order that does not depend on who has come first. */
export class SortedLine implements WaitingLine {
  private readonly entries: QueueEntry[] = []

  /** `before` tells whether one is to have its turn before another. */
  constructor(private readonly before: (a: QueueEntry, b: QueueEntry) => boolean) {}

  add(entry: QueueEntry): void {
    const index = this.entries.findIndex((other) => this.before(entry, other))
    if (index < 0) this.entries.push(entry)
    else this.entries.splice(index, 0, entry)
  }

  remove(entry: QueueEntry): void {
    const index = this.entries.indexOf(entry)
    if (index >= 0) this.entries.splice(index, 1)
  }

  takeNext(): QueueEntry | undefined {
    return this.entries.shift()
  }

  inOrder(): Iterable<QueueEntry> {
    return this.entries
  }
}
