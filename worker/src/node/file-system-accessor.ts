import {
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  type Dirent,
  type Stats,
} from 'node:fs'
import { getSystemErrorMessage } from 'node:util'
import { bytesToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { HostError } from '../evaluator/host'
import type { FileStatus, FileType, SourceAccessor } from '../store/source-accessor'

/**
 * The machine's own file system, read-only. Names are bytes: a file whose name is not UTF-8 is as
 * readable as any other.
 */
export class FileSystemAccessor implements SourceAccessor {
  status(path: ByteString): FileStatus | null {
    let stats: Stats | undefined
    try {
      stats = lstatSync(native(path), { throwIfNoEntry: false })
    } catch (error) {
      if (codeOf(error) === 'ENOTDIR') return null
      throw failure('getting status of', path, error)
    }
    if (stats === undefined) return null
    const type = typeOf(stats)
    const regular = type === 'regular'
    if (regular) note(path, stats)
    return {
      type,
      executable: regular && (stats.mode & 0o100) !== 0,
      size: regular ? stats.size : 0,
    }
  }

  readFile(path: ByteString): Uint8Array {
    try {
      return readFileSync(native(path))
    } catch (error) {
      throw failure('opening file', path, error)
    }
  }

  /** That of the file whose status was asked for last, if it had settled by then. */
  identity(path: ByteString): object | null {
    return versions.get(path)?.identity ?? null
  }

  readDirectory(path: ByteString): Map<ByteString, FileType> {
    try {
      const types = new Map<ByteString, FileType>()
      for (const entry of readdirSync(native(path), { withFileTypes: true, encoding: 'buffer' })) {
        types.set(bytesToByteString(entry.name), typeOf(entry))
      }
      return types
    } catch (error) {
      throw failure('opening directory', path, error)
    }
  }

  readLink(path: ByteString): ByteString {
    try {
      return bytesToByteString(readlinkSync(native(path), { encoding: 'buffer' }))
    } catch (error) {
      throw failure('reading symbolic link', path, error)
    }
  }
}

/** A file as it was when its status was asked for. */
interface Version {
  stats: Stats
  /** Null while what is written next might leave the same status. */
  identity: object | null
}

/** By path, for all accessors of this process. */
const versions = new Map<ByteString, Version>()

/** So many versions at most are known; then all are forgotten. */
const knownVersions = 100_000

/** Times of files are no finer than the kernel's clock; what changed this long ago has another time. */
const settled = 1000

function note(path: ByteString, stats: Stats): void {
  const known = versions.get(path)
  if (known !== undefined && known.identity !== null && isSame(known.stats, stats)) return
  if (versions.size >= knownVersions) versions.clear()
  const isSettled = Math.max(stats.mtimeMs, stats.ctimeMs) < Date.now() - settled
  versions.set(path, { stats, identity: isSettled ? {} : null })
}

/** Whether the file has not been written in between: that always changes its `ctime`. */
function isSame(a: Stats, b: Stats): boolean {
  return (
    a.ctimeMs === b.ctimeMs &&
    a.mtimeMs === b.mtimeMs &&
    a.size === b.size &&
    a.ino === b.ino &&
    a.dev === b.dev
  )
}

const beyondAscii = /[^\0-\x7f]/

/** Node takes ASCII as it is sooner than a buffer. */
function native(path: ByteString): Buffer | string {
  return beyondAscii.test(path) ? Buffer.from(path, 'latin1') : path
}

function typeOf(entry: Stats | Dirent<Buffer>): FileType {
  if (entry.isFile()) return 'regular'
  if (entry.isDirectory()) return 'directory'
  return entry.isSymbolicLink() ? 'symlink' : 'unknown'
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}

/** What the C library says where Node's own words differ. */
const reasons: Record<string, string> = {
  EISDIR: 'Is a directory',
  ELOOP: 'Too many levels of symbolic links',
  ENAMETOOLONG: 'File name too long',
  EIO: 'Input/output error',
  EINVAL: 'Invalid argument',
}

function failure(what: string, path: ByteString, error: unknown): HostError {
  const { code, errno } = error as NodeJS.ErrnoException
  let reason = code === undefined ? undefined : reasons[code]
  if (reason === undefined && errno !== undefined) {
    const said = getSystemErrorMessage(errno)
    reason = said.charAt(0).toUpperCase() + said.slice(1)
  }
  return new HostError(`${what} '${path}': ${reason ?? String(error)}`)
}
