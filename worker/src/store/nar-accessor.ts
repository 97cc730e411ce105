import type { ByteString } from '@snowglobe/shared/bytes'
import type { NarFile, NarNode } from '@snowglobe/shared/nar'
import type { StoredTree } from '../language/file-tree'
import { HostError } from '../evaluator/host'
import type { FileStatus, FileType, SourceAccessor } from './source-accessor'

export interface NarAccessorOptions {
  /** The syntax tree of a file, where it is there. */
  syntaxOf?: (file: NarFile) => StoredTree | null
  /** Is told of a file before its contents are given; what it throws, who reads is thrown. */
  beforeReading?: (file: NarFile) => void
}

/**
 * The files of a NAR, read where they lie: `/` is the NAR's root, which may itself be a file.
 *
 * Links are not followed, not even on the way to a file: `/link/file` is absent where `/link` is a
 * link. Who reads resolves them, because a link may lead out of this tree.
 */
export class NarAccessor implements SourceAccessor {
  constructor(
    private readonly root: NarNode,
    private readonly options: NarAccessorOptions = {},
  ) {}

  status(path: ByteString): FileStatus | null {
    const node = this.find(path)
    return node === null ? null : statusOf(node)
  }

  readFile(path: ByteString): Uint8Array {
    const node = this.find(path)
    if (node === null) throw absent(path)
    if (node.type !== 'regular') throw new HostError(`'${path}' is not a regular file`)
    this.options.beforeReading?.(node)
    return node.contents
  }

  readDirectory(path: ByteString): Map<ByteString, FileType> {
    const node = this.find(path)
    if (node === null) throw absent(path)
    if (node.type !== 'directory') throw new HostError(`'${path}' is not a directory`)
    const types = new Map<ByteString, FileType>()
    for (const [name, entry] of node.entries) types.set(name, entry.type)
    return types
  }

  readLink(path: ByteString): ByteString {
    const node = this.find(path)
    if (node === null) throw absent(path)
    if (node.type !== 'symlink') throw new HostError(`'${path}' is not a symbolic link`)
    return node.target
  }

  identity(path: ByteString): object | null {
    return this.find(path)
  }

  syntax(path: ByteString): StoredTree | null {
    const node = this.find(path)
    if (node?.type !== 'regular') return null
    return this.options.syntaxOf?.(node) ?? null
  }

  private find(path: ByteString): NarNode | null {
    return findNode(this.root, path)
  }
}

/** The node at a path below a NAR's root (`''` and `/` are the root), or null. */
export function findNode(root: NarNode, path: ByteString): NarNode | null {
  let node = root
  for (const name of path.split('/')) {
    if (name === '') continue
    const entry = node.type === 'directory' ? node.entries.get(name) : undefined
    if (entry === undefined) return null
    node = entry
  }
  return node
}

function statusOf(node: NarNode): FileStatus {
  const regular = node.type === 'regular'
  return {
    type: node.type,
    executable: regular && node.executable,
    size: regular ? node.contents.length : 0,
  }
}

function absent(path: ByteString): HostError {
  return new HostError(`path '${path}' does not exist`)
}
