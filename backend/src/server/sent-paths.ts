/**
 * Paths that somebody has sent, or was told are there, because they are about to ask for a build: they
 * are held against the collector for a while, for each visitor up to so many bytes.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { Hold } from '@snowglobe/worker/store/store'
import type { DiskStore } from '../store/disk-store'
import type { PublicLimits } from './public-limits'

/** What a path counts at least: a block of the disk. */
const leastBytes = 4096

export interface SentPath {
  path: ByteString
  narSize: number
}

interface Batch {
  visitor: string
  hold: Hold
  bytes: number
  /** In milliseconds, of a clock that does not jump. */
  until: number
}

export class SentPaths {
  /** The oldest first. */
  private readonly batches = new Set<Batch>()
  private readonly bytes = new Map<string, number>()
  private readonly timer: NodeJS.Timeout

  constructor(
    private readonly store: Pick<DiskStore, 'hold'>,
    private readonly limits: Pick<PublicLimits, 'sentSeconds' | 'sentBytes'>,
  ) {
    this.timer = setInterval(() => void this.releaseOld(), 1000)
    this.timer.unref()
  }

  /**
   * Holds these, or the first of them that the visitor may have; of what the visitor had, the oldest
   * is let go for that. Gives when no collector will take them.
   */
  async hold(visitor: string, paths: readonly SentPath[]): Promise<void> {
    const held: ByteString[] = []
    let bytes = 0
    for (const { path, narSize } of paths) {
      const size = Math.max(narSize, leastBytes)
      if (bytes + size > this.limits.sentBytes) break
      held.push(path)
      bytes += size
    }
    if (held.length === 0) return
    this.bytes.set(visitor, this.bytesOf(visitor) + bytes)
    for (const batch of this.batches) {
      if (this.bytesOf(visitor) <= this.limits.sentBytes) break
      if (batch.visitor === visitor) await this.release(batch)
    }
    const hold = await this.store.hold(held)
    const until = performance.now() + this.limits.sentSeconds * 1000
    this.batches.add({ visitor, hold, bytes, until })
  }

  /** Lets go of everything. */
  async close(): Promise<void> {
    clearInterval(this.timer)
    for (const batch of this.batches) await this.release(batch)
  }

  private async releaseOld(): Promise<void> {
    const now = performance.now()
    for (const batch of this.batches) {
      if (batch.until > now) return
      await this.release(batch)
    }
  }

  private async release(batch: Batch): Promise<void> {
    if (!this.batches.delete(batch)) return
    const left = this.bytesOf(batch.visitor) - batch.bytes
    if (left > 0) this.bytes.set(batch.visitor, left)
    else this.bytes.delete(batch.visitor)
    await batch.hold.release()
  }

  private bytesOf(visitor: string): number {
    return this.bytes.get(visitor) ?? 0
  }
}
