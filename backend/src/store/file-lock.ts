import { spawnSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'

/** A lock held until it is released or this process ends. */
export interface FileLock {
  release(): void
}

/**
 * Takes flock(2) on a file, which is made if it is not there; null if another process holds it. Node
 * has no flock of its own. But a lock belongs to the open file and not to a process, so flock(1) can
 * take it on a descriptor that it inherits.
 */
export function lockFile(path: string, kind: 'shared' | 'exclusive'): FileLock | null {
  const file = openSync(path, 'a+', 0o600)
  const flag = kind === 'shared' ? '--shared' : '--exclusive'
  const taken = spawnSync('flock', [flag, '--nonblock', '3'], {
    stdio: ['ignore', 'ignore', 'pipe', file],
  })
  if (taken.status === 0) return { release: () => closeSync(file) }
  closeSync(file)
  if (taken.status === 1) return null
  throw new Error(`cannot lock ${path}: ${taken.error?.message ?? taken.stderr.toString()}`)
}
