/**
 * A pipe for standard output and error of a sandbox. Node's own 'pipe' would be two Unix sockets:
 * their order is lost between each other, and a builder could not open /dev/stdout. So it is a
 * named pipe of the file system, opened at both ends before the sandbox starts.
 */
import { spawnSync } from 'node:child_process'
import { chownSync, closeSync, constants, openSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable } from 'node:stream'

/** Both ends of a pipe: the stream ends when the last writer has closed. */
export interface LogPipe {
  reader: Readable
  /** To be given to the sandbox, then closed. */
  writer: number
}

/** Makes the named pipe anew. `owner` may open it again through /dev/stdout. */
export function createNamedPipe(path: string, owner: { uid: number; gid: number } | null): void {
  rmSync(path, { force: true })
  const made = spawnSync('mkfifo', ['-m', '0600', path], { encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`cannot make the pipe for logs: ${made.stderr}`)
  if (owner !== null) chownSync(path, owner.uid, owner.gid)
}

export function openLogPipe(path: string): LogPipe {
  // A reader that does not block can be opened before there is a writer, not the other way round.
  const read = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const writer = openSync(path, constants.O_WRONLY)
    return { reader: new Socket({ fd: read, readable: true, writable: false }), writer }
  } catch (error) {
    closeSync(read)
    throw error
  }
}
