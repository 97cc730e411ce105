import { spawn, spawnSync } from 'node:child_process'
import { closeSync, fstatSync, openSync, rmSync, writeSync } from 'node:fs'

/** A lock held until it is released or this process ends. */
export interface FileLock {
  /** The locked file, open for reading and writing. */
  readonly descriptor: number
  release(): void
}

const notStarted = 'flock cannot be started: run "apt-get install util-linux" as root'

export type LockKind = 'shared' | 'exclusive'

/**
 * Takes flock(2) on a file, which is made if it is not there; null if another process holds it. Node
 * has no flock of its own. But a lock belongs to the open file and not to a process, so flock(1) can
 * take it on a descriptor that it inherits.
 */
export function lockFile(path: string, kind: LockKind): FileLock | null {
  const file = openSync(path, 'a+', 0o600)
  const taken = spawnSync('flock', [`--${kind}`, '--nonblock', '3'], {
    stdio: ['ignore', 'ignore', 'pipe', file],
  })
  if (taken.status === 0) return lockOf(file)
  closeSync(file)
  if (taken.status === 1) return null
  throw new Error(`cannot lock ${path}: ${taken.error ? notStarted : taken.stderr.toString()}`)
}

/**
 * The same, but waits until the lock is free.
 *
 * @param onWait called once if another process holds it
 */
export async function waitForLock(
  path: string,
  kind: LockKind,
  onWait: () => void = () => {},
): Promise<FileLock> {
  const file = openSync(path, 'a+', 0o600)
  try {
    if (!(await takeLock(file, path, [`--${kind}`, '--nonblock']))) {
      onWait()
      await takeLock(file, path, [`--${kind}`])
    }
    return lockOf(file)
  } catch (error) {
    closeSync(file)
    throw error
  }
}

/**
 * Takes the lock that Nix takes before it makes a path or changes a profile: that on the file `PATH.lock`,
 * which is deleted when the lock is released.
 */
export async function lockBeside(path: string): Promise<FileLock> {
  const file = `${path}.lock`
  for (;;) {
    const lock = await waitForLock(file, 'exclusive')
    // Whoever had it before may have deleted the file, and has marked it then.
    if (fstatSync(lock.descriptor).size > 0) {
      lock.release()
      continue
    }
    return {
      descriptor: lock.descriptor,
      release: () => {
        rmSync(file, { force: true })
        writeSync(lock.descriptor, 'd')
        lock.release()
      },
    }
  }
}

function takeLock(file: number, path: string, options: string[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn('flock', [...options, '3'], { stdio: ['ignore', 'ignore', 'ignore', file] })
    child.once('error', () => reject(new Error(`cannot lock ${path}: ${notStarted}`)))
    child.once('exit', (status) => {
      if (status === 0 || status === 1) resolve(status === 0)
      else reject(new Error(`cannot lock ${path}: flock ended with status ${status}`))
    })
  })
}

function lockOf(file: number): FileLock {
  let open = true
  return {
    descriptor: file,
    release: () => {
      if (open) closeSync(file)
      open = false
    },
  }
}
