/** Clones of repositories that are kept from one evaluation to the next. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, statSync, utimesSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { HostError } from '@snowglobe/worker/evaluator/host'
import { ProgramKilled } from './run-program'

interface InUse {
  users: number
  /** The last update that was asked for, done or not. */
  updated: Promise<unknown>
  /** Nothing has come into it yet. */
  isEmpty: boolean
  /** Its program was ended in it in the middle: it leaves locks behind then, which nobody takes away. */
  isBroken: boolean
}

/** A clone as long as it is used. */
export interface Clone {
  /** Where it is; nothing may be there yet. */
  readonly directory: string
  /** Changes it: what is asked for at the same time is done one after the other. */
  update<Result>(work: () => Promise<Result>): Promise<Result>
}

export class RepositoryClones {
  private readonly inUse = new Map<string, InUse>()

  /**
   * @param maxBytes of all together: those that were used longest ago go first. Infinity where other
   * processes use them as well, which none may take away from.
   */
  constructor(
    private readonly directory: string,
    private readonly maxBytes = Infinity,
  ) {}

  /** Lends the clone for a key; it stays until `work` is done. */
  async use<Result>(key: string, work: (clone: Clone) => Promise<Result>): Promise<Result> {
    const name = createHash('sha256').update(key).digest('hex')
    const directory = join(this.directory, name)
    mkdirSync(this.directory, { recursive: true })
    const use = this.inUse.get(name) ?? {
      users: 0,
      updated: Promise.resolve(),
      isEmpty: !existsSync(directory),
      isBroken: false,
    }
    this.inUse.set(name, use)
    use.users++
    try {
      const result = await work({
        directory,
        update(change) {
          const done = use.updated.then(change)
          use.updated = done.catch(() => {})
          return done
        },
      })
      use.isEmpty = false
      return result
    } catch (error) {
      if (!(error instanceof HostError) || error instanceof ProgramKilled) use.isBroken = true
      throw error
    } finally {
      use.users--
      if (use.users === 0) {
        this.inUse.delete(name)
        await this.leave(directory, use.isEmpty || use.isBroken)
      }
    }
  }

  private async leave(directory: string, isUseless: boolean): Promise<void> {
    if (this.maxBytes === Infinity || !existsSync(directory)) return
    const now = Date.now() / 1000
    utimesSync(directory, now, now)
    if (isUseless) await this.remove(directory)
    const kept = readdirSync(this.directory)
      .filter((name) => !this.inUse.has(name))
      .map((name) => join(this.directory, name))
      .map((path) => ({ path, bytes: bytesIn(path), time: statSync(path).mtimeMs }))
      .sort((a, b) => a.time - b.time)
    let bytes = kept.reduce((sum, clone) => sum + clone.bytes, 0)
    for (const clone of kept) {
      if (bytes <= this.maxBytes) break
      await this.remove(clone.path)
      bytes -= clone.bytes
    }
  }

  /** Nobody finds it any more from the first moment on. */
  private async remove(directory: string): Promise<void> {
    const gone = join(this.directory, `.gone-${process.pid}-${Date.now()}`)
    renameSync(directory, gone)
    await rm(gone, { recursive: true, force: true })
  }
}

/** What a disk gives to a file at a time: many small ones take more than they have. */
const blockBytes = 4096

function bytesIn(path: string): number {
  let bytes = 0
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const { size } = statSync(join(entry.parentPath, entry.name))
    bytes += Math.ceil(size / blockBytes) * blockBytes
  }
  return bytes
}
