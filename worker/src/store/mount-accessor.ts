import type { ByteString } from '@snowglobe/shared/bytes'
import type { StoredTree } from '../language/file-tree'
import { HostError } from '../evaluator/host'
import type { FileStatus, FileType, SourceAccessor } from './source-accessor'

/** One accessor and where it is mounted, like `/nix/store`; `/` is everything. */
export interface Mount {
  at: ByteString
  files: SourceAccessor
}

/**
 * Several accessors as one file system, each below its own prefix; of nested mounts the innermost
 * answers. The directories that lead to a mount exist even where no accessor has them.
 */
export class MountAccessor implements SourceAccessor {
  /** Innermost (longest) first; the prefix `/` is kept as ''. */
  private readonly mounts: { prefix: ByteString; files: SourceAccessor }[]

  constructor(mounts: readonly Mount[]) {
    this.mounts = mounts
      .map(({ at, files }) => ({ prefix: at === '/' ? '' : at, files }))
      .sort((a, b) => b.prefix.length - a.prefix.length)
  }

  status(path: ByteString): FileStatus | null {
    const mount = this.mountOf(path)
    const status = mount === null ? null : mount.files.status(inside(mount.prefix, path))
    if (status !== null) return status
    return this.leadsToMount(path) ? { type: 'directory', executable: false, size: 0 } : null
  }

  readFile(path: ByteString): Uint8Array {
    return this.asked(path, (files, inner) => files.readFile(inner))
  }

  readLink(path: ByteString): ByteString {
    return this.asked(path, (files, inner) => files.readLink(inner))
  }

  identity(path: ByteString): object | null {
    const mount = this.mountOf(path)
    return mount?.files.identity?.(inside(mount.prefix, path)) ?? null
  }

  syntax(path: ByteString): StoredTree | null {
    const mount = this.mountOf(path)
    return mount?.files.syntax?.(inside(mount.prefix, path)) ?? null
  }

  readDirectory(path: ByteString): Map<ByteString, FileType> {
    const below = this.namesOfMountsBelow(path)
    if (below.size === 0) return this.asked(path, (files, inner) => files.readDirectory(inner))
    const mount = this.mountOf(path)
    const names =
      mount?.files.status(inside(mount.prefix, path))?.type === 'directory'
        ? new Map(mount.files.readDirectory(inside(mount.prefix, path)))
        : new Map<ByteString, FileType>()
    for (const name of below) {
      const status = this.status(path === '/' ? `/${name}` : `${path}/${name}`)
      if (status !== null) names.set(name, status.type)
    }
    return names
  }

  /** Asks the mount that answers for a path; an error names the whole path, not the one inside. */
  private asked<T>(path: ByteString, ask: (files: SourceAccessor, inner: ByteString) => T): T {
    const mount = this.mountOf(path)
    if (mount === null) {
      throw new HostError(
        this.leadsToMount(path) ? `'${path}' is a directory` : `path '${path}' does not exist`,
      )
    }
    const inner = inside(mount.prefix, path)
    try {
      return ask(mount.files, inner)
    } catch (error) {
      if (!(error instanceof HostError) || mount.prefix === '') throw error
      throw new HostError(error.message.replace(`'${inner}'`, () => `'${path}'`))
    }
  }

  private mountOf(path: ByteString): { prefix: ByteString; files: SourceAccessor } | null {
    return this.mounts.find(({ prefix }) => isWithin(prefix, path)) ?? null
  }

  private leadsToMount(path: ByteString): boolean {
    return this.namesOfMountsBelow(path).size > 0
  }

  /** The names in a directory that are mounts or lead to one. */
  private namesOfMountsBelow(path: ByteString): Set<ByteString> {
    const start = path === '/' ? '/' : `${path}/`
    const names = new Set<ByteString>()
    for (const { prefix } of this.mounts) {
      if (prefix.length > start.length && prefix.startsWith(start)) {
        names.add(prefix.slice(start.length).split('/')[0])
      }
    }
    return names
  }
}

function isWithin(prefix: ByteString, path: ByteString): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/')
}

function inside(prefix: ByteString, path: ByteString): ByteString {
  return path.length === prefix.length ? '/' : path.slice(prefix.length)
}
