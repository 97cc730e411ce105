import { fstatSync, rmSync, writeSync } from 'node:fs'
import { waitForLock, type FileLock } from '../store/file-lock'

/** Locks on outputs, held until they are registered. */
export interface OutputLocks {
  release(): void
}

/**
 * Locks outputs against other processes that build into the same store, as Nix does: by flock(2) on
 * `PATH.lock`. Waits for those that have locked them; `onWait` is told once.
 */
export async function lockOutputs(
  realPaths: readonly string[],
  onWait: (paths: readonly string[]) => void,
): Promise<OutputLocks> {
  const locks: { lock: FileLock; file: string }[] = []
  let told = false
  const tell = () => {
    if (!told) onWait(realPaths)
    told = true
  }
  // In one order everywhere, so that no two wait for each other.
  for (const path of [...realPaths].sort()) {
    const file = `${path}.lock`
    for (;;) {
      const lock = await waitForLock(file, 'exclusive', tell)
      if (fstatSync(lock.descriptor).size === 0) {
        locks.push({ lock, file })
        break
      }
      // Whoever had it has removed the file: this is a lock on nothing.
      lock.release()
    }
  }
  return {
    release() {
      for (const { lock, file } of locks) {
        rmSync(file, { force: true })
        writeSync(lock.descriptor, 'd')
        lock.release()
      }
    },
  }
}
