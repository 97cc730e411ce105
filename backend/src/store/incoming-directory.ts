import { existsSync, mkdtempSync, readdirSync, readlinkSync, statSync } from 'node:fs'
import { rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { makeDirectory } from '@snowglobe/worker/node/make-directory'
import { removeTree } from './remove-tree'

/** Leftovers that may belong to a process that cannot be seen from here are kept so long. */
const graceMilliseconds = 24 * 60 * 60 * 1000

/**
 * Where this process prepares files before it moves them into the store. Each process has a directory of its
 * own, so that none takes away what another is writing.
 */
export class IncomingDirectory {
  private readonly own: string

  constructor(private readonly directory: string) {
    makeDirectory(directory, 0o700)
    this.own = join(directory, `${process.pid}-${processNamespace()}`)
  }

  /** A new, empty directory, for the caller to remove. */
  make(): string {
    makeDirectory(this.own, 0o700)
    return mkdtempSync(join(this.own, 'add-'))
  }

  /** Removes what processes have left that were interrupted. */
  async removeStale(): Promise<void> {
    for (const name of readdirSync(this.directory)) {
      const [pid, namespace] = name.split('-')
      const place = join(this.directory, name)
      const stale =
        namespace === processNamespace() && pid !== undefined
          ? !existsSync(`/proc/${pid}`)
          : Date.now() - statSync(place).mtimeMs > graceMilliseconds
      if (stale) await removeTree(place)
    }
  }

  close(): void {
    // Fails, as it should, while something is being added.
    void rmdir(this.own).catch(() => {})
  }
}

/** Tells whether a process's number means the same here. */
function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')
  } catch {
    return 'unknown'
  }
}
