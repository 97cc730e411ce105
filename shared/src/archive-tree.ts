/**
 * The tree of files that an archive holds, entry by entry. Archives come from anybody: nothing in one can
 * lead out of the tree, and what a tree cannot hold is refused.
 */
import type { ByteString } from './bytes'
import type { NarNode } from './nar'

type Directory = Extract<NarNode, { type: 'directory' }>

const maxNameBytes = 255

export class ArchiveTree {
  readonly root: Directory = { type: 'directory', entries: new Map() }

  /** @param fail throws the error of the archive's format, of a text that says what is wrong */
  constructor(private readonly fail: (what: string) => never) {}

  /** Puts a file or a link in its place. A later entry replaces an earlier one, as when it is unpacked. */
  put(path: ByteString, node: NarNode): void {
    const parts = this.parts(path)
    const name = parts.pop()
    if (name === undefined) this.fail(`'${path}' is the tree itself but no directory`)
    const { entries } = this.descend(parts, path)
    if (entries.get(name)?.type === 'directory') this.fail(`'${path}' is also a directory`)
    entries.set(name, node)
  }

  /** Makes a directory where there is none yet. */
  makeDirectory(path: ByteString): void {
    this.descend(this.parts(path), path)
  }

  /** The node at a place, undefined where there is none. Links are not followed. */
  find(path: ByteString): NarNode | undefined {
    let node: NarNode | undefined = this.root
    for (const part of this.parts(path)) {
      node = node?.type === 'directory' ? node.entries.get(part) : undefined
    }
    return node
  }

  private parts(path: ByteString): ByteString[] {
    if (path.startsWith('/')) this.fail(`'${path}' is not within the archive`)
    const parts = path.split('/').filter((part) => part !== '' && part !== '.')
    if (parts.includes('..')) this.fail(`'${path}' is not within the archive`)
    if (parts.some((part) => part.length > maxNameBytes)) {
      this.fail(`a name in '${path}' is too long`)
    }
    return parts
  }

  private descend(parts: readonly ByteString[], path: ByteString): Directory {
    let at = this.root
    for (const part of parts) {
      const there = at.entries.get(part)
      if (there !== undefined && there.type !== 'directory') {
        this.fail(`'${path}' lies in or is '${part}', which is no directory`)
      }
      const next: Directory = there ?? { type: 'directory', entries: new Map() }
      if (there === undefined) at.entries.set(part, next)
      at = next
    }
    return at
  }
}
