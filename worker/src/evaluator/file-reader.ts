/** Reading files for an evaluation: symbolic links followed, errors as evaluation errors. */
import { bytesToByteString, type ByteString } from '@snowglobe/shared/bytes'
import type { FileStatus, FileType, SourceAccessor } from '../store/source-accessor'
import { canonicalPath, parentPath } from '../language/canonical-path'
import type { FileContents } from '../language/tree-cache'
import type { AllowedFiles } from './access-control'
import { NixError } from './errors'
import { HostError } from './host'

/** As many symbolic links as Linux follows in one path. */
const maxLinks = 40

export class FileReader {
  private readonly files: SourceAccessor
  /** Paths known to be directories and to have no symbolic links in them. */
  private readonly directories = new Set<ByteString>()
  /** What is said, by store path, of files that are not in it. */
  private readonly copies = new Map<ByteString, (inside: ByteString) => ByteString>()

  /** @param allowed what may be read, where not all may be */
  constructor(
    files: SourceAccessor,
    private readonly allowed: AllowedFiles | null = null,
  ) {
    this.files = remembering(tellingErrors(files))
  }

  /** The error of reading what is not there, or may not be read. */
  missing(path: ByteString): NixError {
    try {
      this.allowed?.check(path)
    } catch (error) {
      if (error instanceof NixError) return error
      throw error
    }
    for (const [copy, explain] of this.copies) {
      if (path.startsWith(`${copy}/`)) {
        return new NixError('file', explain(path.slice(copy.length + 1)))
      }
    }
    return new NixError('file', `path '${path}' does not exist`)
  }

  /** Tells, of a store path, how to say that a file is not in it: it may be where that is from. */
  explainMissing(storePath: ByteString, explain: (inside: ByteString) => ByteString): void {
    this.copies.set(storePath, explain)
  }

  /** What lies at a path, links in its directories followed but not itself. */
  status(path: ByteString): FileStatus | null {
    const parent = this.tryResolve(parentPath(path))
    if (parent === null) return null
    return path === '/' ? this.files.status('/') : this.files.status(join(parent, path))
  }

  /** What lies at a path after following links. */
  followedStatus(path: ByteString): FileStatus | null {
    const resolved = this.tryResolve(path)
    return resolved === null ? null : this.files.status(resolved)
  }

  readBytes(path: ByteString): Uint8Array {
    const resolved = this.resolve(path)
    const status = this.files.status(resolved)
    if (status === null) throw this.missing(path)
    if (status.type !== 'regular') {
      throw new NixError('file', `path '${path}' is not a regular file`)
    }
    return this.files.readFile(resolved)
  }

  readText(path: ByteString): ByteString {
    return bytesToByteString(this.readBytes(path))
  }

  /** The contents of a file, to be read when they are not those that were read before. */
  contents(path: ByteString): FileContents {
    const resolved = this.resolve(path)
    return {
      identity: this.files.identity?.(resolved) ?? null,
      read: () => this.readBytes(path),
      syntax: () => this.files.syntax?.(resolved) ?? null,
    }
  }

  readDirectory(path: ByteString): Map<ByteString, FileType> {
    const resolved = this.resolve(path)
    const status = this.files.status(resolved)
    if (status === null) throw this.missing(path)
    if (status.type !== 'directory') throw new NixError('file', `'${resolved}' is not a directory`)
    return this.files.readDirectory(resolved)
  }

  /**
   * The file that `import path` reads: links followed of the file itself (paths in it are relative
   * to where it was reached), a directory's default.nix.
   */
  resolveExpression(path: ByteString): ByteString {
    let file = path
    for (let links = 0; file !== '/'; links++) {
      if (links > maxLinks) throw new NixError('file', `too many symbolic links in path '${path}'`)
      const real = join(this.resolve(parentPath(file)), file)
      if (this.files.status(real)?.type !== 'symlink') break
      const target = this.files.readLink(real)
      file = canonicalPath(target.startsWith('/') ? target : `${parentPath(file)}/${target}`)
    }
    let status = this.followedStatus(file)
    if (status?.type === 'directory') {
      file = canonicalPath(`${file}/default.nix`)
      status = this.followedStatus(file)
    }
    if (status === null) throw this.missing(file)
    return file
  }

  private tryResolve(path: ByteString): ByteString | null {
    if (this.directories.has(path)) return path
    try {
      return this.resolve(path)
    } catch (error) {
      if (error instanceof NixError) return null
      throw error
    }
  }

  /** The path with every symbolic link in it followed; what is not there stays as it is. */
  resolve(path: ByteString): ByteString {
    if (this.directories.has(path)) return path
    let links = 0
    let resolved = ''
    let rest = path
    for (let start = 1; start < rest.length;) {
      let end = rest.indexOf('/', start)
      if (end < 0) end = rest.length
      const next = `${resolved}/${rest.slice(start, end)}`
      start = end + 1
      const status = this.directories.has(next) ? null : this.files.status(next)
      if (status?.type !== 'symlink') {
        if (status?.type === 'directory') this.directories.add(next)
        resolved = next
        continue
      }
      if (++links > maxLinks) {
        throw new NixError('file', `too many symbolic links in path '${path}'`)
      }
      const target = this.files.readLink(next)
      const whole = canonicalPath(target.startsWith('/') ? target : `${resolved}/${target}`)
      rest = start < rest.length ? canonicalPath(`${whole}/${rest.slice(start)}`) : whole
      start = 1
      resolved = ''
    }
    return resolved === '' ? '/' : resolved
  }
}

function join(directory: ByteString, path: ByteString): ByteString {
  return canonicalPath(`${directory}/${path.slice(path.lastIndexOf('/') + 1)}`)
}

/** The same files, whose refusals are evaluation errors. */
function tellingErrors(files: SourceAccessor): SourceAccessor {
  const tell = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw error instanceof HostError ? new NixError('file', error.message) : error
    }
  }
  return {
    status: (path) => tell(() => files.status(path)),
    readFile: (path) => tell(() => files.readFile(path)),
    readDirectory: (path) => tell(() => files.readDirectory(path)),
    readLink: (path) => tell(() => files.readLink(path)),
    identity: (path) => tell(() => files.identity?.(path) ?? null),
    syntax: (path) => tell(() => files.syntax?.(path) ?? null),
  }
}

/**
 * The same files, asked for the status of each but once: as Nix, an evaluation takes it that files
 * stay what they are. What is not there may come to be.
 */
function remembering(files: SourceAccessor): SourceAccessor {
  const known = new Map<ByteString, FileStatus>()
  return {
    ...files,
    status(path) {
      const before = known.get(path)
      if (before !== undefined) return before
      const status = files.status(path)
      if (status !== null) known.set(path, status)
      return status
    },
  }
}
