/**
 * Keeps the disk from filling: collects garbage when the store has become too large or the disk too
 * full. What was built is kept by roots that end some time after somebody has last asked for it.
 */
import { statfsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { ByteString } from '@snowglobe/shared/bytes'
import { defaultKeepSettings } from '@snowglobe/worker/store/store'
import type { DiskStore } from '../store/disk-store'
import { ExpiringRoots } from './expiring-roots'
import type { PublicLimits } from './public-limits'
import { SentPaths, type SentPath } from './sent-paths'

const lookMilliseconds = 30_000
/** Below the limit by this share afterwards, so that not every build starts another collection. */
const slack = 0.1

export interface HousekeepingOptions {
  store: DiskStore
  /** The store's state directory. */
  state: string
  limits: Pick<
    PublicLimits,
    'storeBytes' | 'freeBytes' | 'rootSeconds' | 'sentSeconds' | 'sentBytes'
  >
  report: (message: string) => void
  onFreed: (bytes: number) => void
  /** In milliseconds since 1970. */
  now?: () => number
}

export class Housekeeping {
  private readonly timer: NodeJS.Timeout
  private running: Promise<void> | null = null
  private readonly now: () => number
  private readonly roots: ExpiringRoots
  private readonly database: DatabaseSync
  private readonly size: StatementSync
  private readonly sizes: StatementSync
  private readonly sent: SentPaths

  constructor(private readonly options: HousekeepingOptions) {
    const { store, state, now } = options
    this.now = now ?? Date.now
    this.roots = new ExpiringRoots(store, state)
    this.database = new DatabaseSync(join(state, 'db/db.sqlite'), { readOnly: true })
    this.size = this.database.prepare('select coalesce(sum(narSize), 0) as bytes from ValidPaths')
    this.sizes = this.database.prepare(
      'select path, narSize from ValidPaths where path in (select value from json_each(?))',
    )
    this.sent = new SentPaths(store, options.limits)
    this.timer = setInterval(() => void this.look(), lookMilliseconds)
    this.timer.unref()
  }

  /** Bytes free for whoever runs this. */
  freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.options.state)
    return bavail * bsize
  }

  storeBytes(): number {
    return Number(this.size.get()?.['bytes'] ?? 0)
  }

  /** Whether there is room to take more: else why not. */
  refusal(): string | null {
    const { freeBytes } = this.options.limits
    if (this.freeBytes() >= freeBytes) return null
    void this.look()
    return (
      `the server's disk is nearly full (limit freeBytes = ${freeBytes}); ` +
      'garbage is being collected, try again in a minute'
    )
  }

  /** Keeps a path from now on for the time that roots live. */
  keep(path: ByteString): Promise<void> {
    return this.roots.keep(path, this.now())
  }

  /**
   * Gives which of these paths are valid, and keeps those for the time that somebody needs to ask for
   * a build with them.
   */
  async keepValid(visitor: string, paths: readonly ByteString[]): Promise<Set<ByteString>> {
    const valid = this.sizesOf(paths)
    await this.sent.hold(visitor, valid)
    // Some may have gone before they were held.
    return new Set(this.sizesOf(valid.map(({ path }) => path)).map(({ path }) => path))
  }

  /** The same of paths that are being sent. */
  keepSent(visitor: string, paths: readonly SentPath[]): Promise<void> {
    return this.sent.hold(visitor, paths)
  }

  /** Looks whether anything is to be done, and does it; waits for what is being done already. */
  look(): Promise<void> {
    this.running ??= this.clean()
      .catch((error: unknown) => this.options.report(`housekeeping: ${String(error)}`))
      .finally(() => (this.running = null))
    return this.running
  }

  async close(): Promise<void> {
    clearInterval(this.timer)
    await this.sent.close()
    await this.running
    this.database.close()
  }

  private async clean(): Promise<void> {
    const toFree = this.bytesToFree()
    if (toFree <= 0) return
    this.roots.removeOlderThan(this.now() - this.options.limits.rootSeconds * 1000)
    await this.collect(toFree)
    // What is left is kept by roots: the oldest go, rather than that nobody can build.
    while (this.bytesToFree() > 0 && this.roots.removeOldest())
      await this.collect(this.bytesToFree())
  }

  private async collect(bytes: number): Promise<void> {
    const { bytesFreed } = await this.options.store.collectGarbage({
      ...defaultKeepSettings,
      maxFreed: bytes,
    })
    this.options.onFreed(bytesFreed)
    if (bytesFreed > 0) this.options.report(`garbage collection freed ${bytesFreed} bytes`)
  }

  /** Those that are valid. */
  private sizesOf(paths: readonly ByteString[]): SentPath[] {
    return this.sizes.all(JSON.stringify(paths)).map(({ path, narSize }) => ({
      path: String(path),
      narSize: Number(narSize ?? 0),
    }))
  }

  private bytesToFree(): number {
    const { storeBytes, freeBytes } = this.options.limits
    const size = this.storeBytes()
    const tooLarge = size > storeBytes ? size - storeBytes * (1 - slack) : 0
    const free = this.freeBytes()
    const tooFull = free < freeBytes ? freeBytes * (1 + slack) - free : 0
    return Math.ceil(Math.max(tooLarge, tooFull))
  }
}
