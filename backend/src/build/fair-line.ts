/**
 * Turns are shared out among visitors, however much each of them wants: the next one is of whoever
 * has the fewest builds running, among those of whoever was last given a turn longest ago. Each
 * visitor's own are first come, first served.
 */
import type { QueueEntry, WaitingLine } from './queue'

/** So many visitors are remembered who were given a turn. */
const rememberedVisitors = 1000

/** What one visitor wants, and has. */
interface Share {
  entries: QueueEntry[]
  /** Of `entries`, those before are taken. */
  next: number
  running: number
  /** When a turn was last given; 0 for never. */
  served: number
}

export class FairLine implements WaitingLine {
  private readonly entries = new Set<QueueEntry>()
  /** Numbers of the turns last given to visitors, in ascending order. */
  private readonly served = new Map<string, number>()
  private given = 0

  add(entry: QueueEntry): void {
    this.entries.add(entry)
  }

  remove(entry: QueueEntry): void {
    this.entries.delete(entry)
  }

  takeNext(running: readonly QueueEntry[]): QueueEntry | undefined {
    for (const next of this.inOrder(running, 1)) {
      this.entries.delete(next)
      this.given++
      for (const visitor of next.visitors()) {
        this.served.delete(visitor)
        this.served.set(visitor, this.given)
      }
      for (const visitor of this.served.keys()) {
        if (this.served.size <= rememberedVisitors) break
        this.served.delete(visitor)
      }
      return next
    }
    return undefined
  }

  /** As it will be if builds end in the order in which they have begun, and nobody else comes. */
  *inOrder(running: readonly QueueEntry[], free: number): Iterable<QueueEntry> {
    const shares = new Map<string, Share>()
    const shareOf = (visitor: string) => {
      let share = shares.get(visitor)
      if (share === undefined) {
        const served = this.served.get(visitor) ?? 0
        shares.set(visitor, (share = { entries: [], next: 0, running: 0, served }))
      }
      return share
    }
    const sharesOf = (entry: QueueEntry) => {
      const those = [...entry.visitors()].map(shareOf)
      // One that nobody wants any more ends soon, but may have its turn before.
      return those.length > 0 ? those : [shareOf('')]
    }
    const waiting = new Map([...this.entries].map((entry) => [entry, sharesOf(entry)]))
    for (const [entry, those] of waiting) for (const share of those) share.entries.push(entry)
    const building = running.map(sharesOf)
    for (const those of building) for (const share of those) share.running++
    let given = this.given
    for (let ended = 0; waiting.size > 0; given++) {
      if (free > 0) free--
      else for (const share of building[ended++] ?? []) share.running--
      const entry = nextOf(shares.values(), waiting)!
      const those = waiting.get(entry)!
      waiting.delete(entry)
      building.push(those)
      for (const share of those) {
        share.running++
        share.served = given + 1
      }
      yield entry
    }
  }
}

function nextOf(
  shares: Iterable<Share>,
  waiting: ReadonlyMap<QueueEntry, unknown>,
): QueueEntry | undefined {
  let best: Share | null = null
  for (const share of shares) {
    // Others may have wanted the same, and have had it.
    while (share.next < share.entries.length && !waiting.has(share.entries[share.next]!))
      share.next++
    if (share.next === share.entries.length) continue
    const isBetter =
      best === null ||
      share.running < best.running ||
      (share.running === best.running && share.served < best.served)
    if (isBetter) best = share
  }
  return best?.entries[best.next]
}
