/**
 * Nix's temporary roots: each process keeps a file `temproots/<pid>` locked that names the paths it works
 * with, and tells a garbage collector that is running of every new one.
 */
import { existsSync, fstatSync, ftruncateSync, rmSync, writeSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import type { ByteString } from '@snowglobe/shared/bytes'
import { makeDirectory } from '@snowglobe/worker/node/make-directory'
import { lockFile, waitForLock, type FileLock } from './file-lock'

/** Time until names that nobody wants any more are taken out of the file. */
const compactionDelay = 2000

export function garbageSocket(state: string): string {
  return join(state, 'gc-socket/socket')
}

/** The one file of this process in each state directory, shared by all stores opened there. */
const files = new Map<string, TemporaryRoots>()

export class TemporaryRoots {
  private users = 0
  private readonly counts = new Map<ByteString, number>()
  private lock: Promise<FileLock> | null = null
  private locked: FileLock | null = null
  /** Names in the file. */
  private written = 0
  private compaction: NodeJS.Timeout | null = null
  /** Where a collector runs in this process: it is told directly. */
  onAdd: ((path: ByteString) => void) | null = null

  private constructor(private readonly state: string) {}

  /** To be closed as often as it was opened. */
  static open(state: string): TemporaryRoots {
    const roots = files.get(state) ?? new TemporaryRoots(state)
    files.set(state, roots)
    roots.users++
    return roots
  }

  close(): void {
    if (--this.users > 0) return
    files.delete(this.state)
    if (this.compaction !== null) clearTimeout(this.compaction)
    const end = (lock: FileLock) => {
      rmSync(this.file(), { force: true })
      lock.release()
    }
    if (this.locked !== null) end(this.locked)
    else void this.lock?.then(end)
  }

  /** The paths held by this process. */
  paths(): IterableIterator<ByteString> {
    return this.counts.keys()
  }

  /** Gives when no collector, in whatever process, will delete these paths any more. */
  async add(paths: readonly ByteString[]): Promise<void> {
    const fresh: ByteString[] = []
    for (const path of paths) {
      const count = this.counts.get(path) ?? 0
      this.counts.set(path, count + 1)
      if (count === 0) fresh.push(path)
    }
    if (fresh.length === 0) return
    for (const path of fresh) this.onAdd?.(path)
    const lock = await (this.lock ??= this.create())
    this.written += fresh.length
    writeSync(lock.descriptor, Buffer.from(fresh.map((path) => `${path}\0`).join(''), 'latin1'))
    // Written first, asked then: a collector that does not answer yet will read the file.
    if (this.onAdd === null) await tellCollector(garbageSocket(this.state), fresh)
  }

  async remove(paths: readonly ByteString[]): Promise<void> {
    for (const path of paths) {
      const count = this.counts.get(path) ?? 0
      if (count > 1) this.counts.set(path, count - 1)
      else this.counts.delete(path)
    }
    if (this.written === this.counts.size || this.compaction !== null) return
    this.compaction = setTimeout(() => void this.compact().catch(() => {}), compactionDelay)
    this.compaction.unref()
  }

  /** Leaves out of the file what is not held any more; not while a collector may be reading it. */
  private async compact(): Promise<void> {
    const { descriptor } = await this.lock!
    this.compaction = null
    if (this.users <= 0) return
    // At once: who held this lock while doing something else would keep collectors waiting.
    const noCollector = lockFile(join(this.state, 'gc.lock'), 'shared')
    if (noCollector === null) return
    ftruncateSync(descriptor)
    writeSync(descriptor, Buffer.from([...this.paths()].map((path) => `${path}\0`).join('')))
    this.written = this.counts.size
    noCollector.release()
  }

  private file(): string {
    return join(this.state, 'temproots', String(process.pid))
  }

  private async create(): Promise<FileLock> {
    makeDirectory(join(this.state, 'temproots'))
    for (;;) {
      // What is there is left from a process that had the same number.
      rmSync(this.file(), { force: true })
      const lock = await waitForLock(this.file(), 'exclusive')
      // A collector that took it for stale before it was locked has written into it.
      if (fstatSync(lock.descriptor).size === 0 && existsSync(this.file()))
        return (this.locked = lock)
      lock.release()
    }
  }
}

/** Gives at once where no collector listens; else when it has taken note of every path. */
function tellCollector(socket: string, paths: readonly ByteString[]): Promise<void> {
  return new Promise((resolve) => {
    let open = paths.length
    const connection = connect(socket)
    // Nobody listens, or the collector has ended: then its successor reads the file.
    connection.on('error', () => resolve())
    connection.on('close', () => resolve())
    connection.on('connect', () => {
      connection.write(Buffer.from(paths.map((path) => `${path}\n`).join(''), 'latin1'))
    })
    connection.on('data', (answer) => {
      open -= answer.length
      if (open <= 0) connection.destroy()
    })
  })
}
