/** The directories of one build: what it writes, and what it is to become. */
import { chown, mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { ByteString } from '@snowglobe/shared/bytes'
import { removeTree } from '../store/remove-tree'

/** A user of this machine. */
export interface BuildUser {
  uid: number
  gid: number
}

/**
 * Started as root, each slot's sandbox belongs to a user of its own on the host, so that even a hole
 * in the sandbox gives no root. The numbers lie where neither Debian nor systemd gives any out.
 */
const firstBuildUser = 59_000

/** The user of a slot where the server runs as root, else null. */
export function dedicatedUser(slot: number): BuildUser | null {
  const root = process.getuid?.() === 0
  return root ? { uid: firstBuildUser + slot, gid: firstBuildUser + slot } : null
}

export class WorkDirectories {
  /** `/build` inside. */
  readonly build: string
  /** The store's directory inside, without its inputs. */
  readonly store: string

  private constructor(
    readonly directory: string,
    readonly user: BuildUser | null,
  ) {
    this.build = join(directory, 'build')
    this.store = join(directory, 'store')
  }

  /** Makes them below `parent`, under a name that nobody can guess, for a user (null is oneself). */
  static async create(parent: string, user: BuildUser | null): Promise<WorkDirectories> {
    const made = new WorkDirectories(await mkdtemp(join(parent, 'build-')), user)
    await mkdir(made.build, { mode: 0o700 })
    await mkdir(made.store, { mode: 0o755 })
    if (user !== null)
      for (const place of [made.directory, made.build, made.store])
        await chown(place, user.uid, user.gid)
    return made
  }

  async writeBuildFile(name: string, contents: Uint8Array): Promise<void> {
    const file = join(this.build, name)
    await writeFile(file, contents, { flag: 'wx', mode: 0o644 })
    if (this.user !== null) await chown(file, this.user.uid, this.user.gid)
  }

  outputSource(path: ByteString): string {
    return join(this.store, basename(path))
  }

  async discardOutputs(): Promise<void> {
    await removeTree(this.store)
  }

  remove(): Promise<void> {
    return removeTree(this.directory)
  }
}
