import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { getSystemErrorMessage } from 'node:util'
import { StoreError } from '../store/store'

/**
 * Makes a directory, and those that it lies in, where they are not there. Node's own way does not come to
 * an end where a file system denies that a name could be there, as /proc does.
 *
 * @throws StoreError in Nix's words
 */
export function makeDirectory(path: string, mode = 0o777): void {
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    const { code, errno = 0 } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && isDirectory(path)) return
    if (code === 'ENOENT' && !isDirectory(dirname(path))) {
      makeDirectory(dirname(path), mode)
      makeDirectory(path, mode)
      return
    }
    const reason = getSystemErrorMessage(errno)
    throw new StoreError(
      `creating directory '${path}': ${reason.charAt(0).toUpperCase()}${reason.slice(1)}`,
    )
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
