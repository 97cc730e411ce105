/** Equal files of a store as one: hard links to `.links/<hash>`, as Nix makes them. */
import {
  chmodSync,
  linkSync,
  lstatSync,
  lutimesSync,
  readdirSync,
  renameSync,
  unlinkSync,
  type Stats,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { encodeBase32 } from '@snowglobe/shared/base32'
import type { ByteString } from '@snowglobe/shared/bytes'
import { pathBuffer, pathBytes } from './byte-path'
import { storeTime } from './canonicalise'
import { hashFiles } from './dump-path'

export interface Optimised {
  filesLinked: number
  bytesFreed: number
}

/** Files after which others get their turn. */
const filesBetweenTurns = 200

export class Optimiser {
  readonly result: Optimised = { filesLinked: 0, bytesFreed: 0 }
  private readonly links: string
  /** Inodes that have their link already. */
  private readonly linked: Set<number>
  private untilTurn = filesBetweenTurns

  /** @param store where the files of the store lie */
  constructor(private readonly store: string) {
    this.links = join(store, '.links')
    this.linked = new Set(
      readdirSync(this.links).map((name) => lstatSync(join(this.links, name)).ino),
    )
  }

  /** Links the files at or below a path of the store. */
  async optimise(path: ByteString): Promise<void> {
    const status = lstatSync(pathBuffer(path))
    if (status.isDirectory()) {
      for (const name of readdirSync(pathBuffer(path), 'latin1'))
        await this.optimise(`${path}/${name}`)
      return
    }
    // Links to links are possible on Linux; Nix makes them, too.
    if (!status.isFile() && !status.isSymbolicLink()) return
    if (status.isFile() && (status.mode & 0o200) !== 0) return
    if (!this.linked.has(status.ino)) this.link(path, status)
    if (--this.untilTurn > 0) return
    this.untilTurn = filesBetweenTurns
    await setImmediate()
  }

  private link(path: ByteString, status: Stats): void {
    const file = pathBuffer(path)
    const link = join(this.links, encodeBase32(hashFiles(path)))
    const first = lstatSync(link, { throwIfNoEntry: false })
    // A link of another size has been tampered with.
    if (first !== undefined && first.size !== status.size) unlinkSync(link)
    if (first === undefined || first.size !== status.size) {
      if (tryTo(() => linkSync(file, link))) this.linked.add(status.ino)
      return
    }
    if (first.ino === status.ino) {
      this.linked.add(status.ino)
      return
    }
    const directory = pathBuffer(dirname(path))
    const inStore = dirname(path) === pathBytes(this.store)
    const temporary = join(this.store, `.tmp-link-${process.pid}-${status.ino}`)
    if (!tryTo(() => linkSync(link, temporary))) return
    if (!inStore) chmodSync(directory, 0o755)
    try {
      if (!tryTo(() => renameSync(temporary, file))) {
        unlinkSync(temporary)
        return
      }
    } finally {
      if (!inStore) {
        chmodSync(directory, 0o555)
        lutimesSync(directory, storeTime, storeTime)
      }
    }
    this.result.filesLinked++
    this.result.bytesFreed += status.size
  }
}

/** Does what fails where a file has as many links as its file system allows, or a link has just gone. */
function tryTo(action: () => void): boolean {
  try {
    action()
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EMLINK' || code === 'ENOENT' || code === 'EEXIST' || code === 'ENOSPC')
      return false
    throw error
  }
}
