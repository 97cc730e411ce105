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

function native(path: ByteString): Buffer {
  return Buffer.from(path, 'latin1')
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
