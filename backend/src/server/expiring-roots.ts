/**
 * Garbage collector roots that end: links below `gcroots`, as any Nix knows them, whose own times say
 * when somebody has last asked for what they keep.
 */
import {
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  renameSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import type { ByteString } from '@snowglobe/shared/bytes'
import type { DiskStore } from '../store/disk-store'

export class ExpiringRoots {
  private readonly directory: string

  /** `state` is the store's state directory. */
  constructor(
    private readonly store: DiskStore,
    state: string,
  ) {
    this.directory = join(state, 'gcroots', 'snowglobe')
    mkdirSync(this.directory, { recursive: true })
  }

  /** Keeps a valid path as of a time, in milliseconds since 1970. Others are not kept. */
  async keep(path: ByteString, time: number): Promise<void> {
    const hold = await this.store.hold([path])
    try {
      if (!this.store.isValidPath(path)) return
      const link = join(this.directory, path.slice(path.lastIndexOf('/') + 1))
      if (timeOf(link) === null) {
        const temporary = `${link}.new`
        removeIfThere(temporary)
        symlinkSync(path, temporary)
        renameSync(temporary, link)
      }
      lutimesSync(link, time / 1000, time / 1000)
    } finally {
      await hold.release()
    }
  }

  removeOlderThan(time: number): void {
    for (const { link } of this.links().filter((root) => root.time < time)) removeIfThere(link)
  }

  /** False where there is none. */
  removeOldest(): boolean {
    const [oldest] = this.links().sort((one, other) => one.time - other.time)
    if (oldest !== undefined) removeIfThere(oldest.link)
    return oldest !== undefined
  }

  private links(): { link: string; time: number }[] {
    return readdirSync(this.directory).flatMap((name) => {
      const link = join(this.directory, name)
      const time = timeOf(link)
      return time === null ? [] : [{ link, time }]
    })
  }
}

function timeOf(link: string): number | null {
  return lstatSync(link, { throwIfNoEntry: false })?.mtimeMs ?? null
}

function removeIfThere(link: string): void {
  try {
    unlinkSync(link)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
