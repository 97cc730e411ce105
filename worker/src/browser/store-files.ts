import { byteStringToUtf8, utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { readNar, type NarNode } from '@snowglobe/shared/nar'
import { storePathOf } from '@snowglobe/shared/store-path'
import { canonicalPath } from '../language/canonical-path'
import { StoreError } from '../store/store'
import type { StoreFile } from './api'

/** As many symbolic links as Linux follows in one path. */
const maxLinks = 40
/** Bytes of a file that are shown. */
const maxShown = 1024 * 1024
/** Trees kept, so that going through a store path does not read it again at each step. */
const maxTrees = 4

/** The files of store paths, as the page looks at them. */
export class StoreFiles {
  private readonly trees = new Map<ByteString, NarNode>()

  /** @param load gives the NAR of a path, fetched if need be; rejected with the reason if it cannot */
  constructor(
    private readonly storeDir: ByteString,
    private readonly load: (path: ByteString) => Promise<Uint8Array>,
  ) {}

  /** What lies in a directory; `inside` is relative to the store path, '' the path itself. */
  async list(path: string, inside: string): Promise<StoreFile[]> {
    const { node, at } = await this.find(path, inside)
    if (node.type !== 'directory') throw new StoreError(`'${at}' is not a directory`)
    return [...node.entries].map(([name, entry]) => describe(name, entry))
  }

  /** The first megabyte of a file, and its whole size. */
  async read(path: string, inside: string): Promise<{ bytes: Uint8Array; size: number }> {
    const { node, at } = await this.find(path, inside)
    if (node.type !== 'regular') throw new StoreError(`'${at}' is not a file`)
    return { bytes: node.contents.slice(0, maxShown), size: node.contents.length }
  }

  /** The node at a place, links followed wherever they lead within the store. */
  private async find(path: string, inside: string): Promise<{ node: NarNode; at: string }> {
    const asked = `${path}${inside === '' ? '' : '/'}${inside}`
    let place = canonicalPath(utf8ToByteString(asked))
    for (let links = 0; links <= maxLinks; links++) {
      if (!place.startsWith(`${this.storeDir}/`)) {
        throw new StoreError(`'${asked}' leads out of the store, to '${place}'`)
      }
      const root = storePathOf(this.storeDir, place)
      let node = await this.tree(root)
      let at = root
      let rest = place
        .slice(root.length + 1)
        .split('/')
        .filter(Boolean)
      let link: ByteString | null = node.type === 'symlink' ? node.target : null
      while (link === null && rest.length > 0) {
        const [name, ...others] = rest
        const entry = node.type === 'directory' ? node.entries.get(name) : undefined
        if (entry === undefined) throw new StoreError(`there is no '${asked}'`)
        at = `${at}/${name}`
        rest = others
        node = entry
        if (node.type === 'symlink') link = node.target
      }
      if (link === null) return { node, at: asked }
      const parent = at.slice(0, at.lastIndexOf('/'))
      place = canonicalPath([link.startsWith('/') ? link : `${parent}/${link}`, ...rest].join('/'))
    }
    throw new StoreError(`there are too many symbolic links in '${asked}'`)
  }

  private async tree(path: ByteString): Promise<NarNode> {
    const known = this.trees.get(path)
    const tree = known ?? readNar(await this.load(path))
    this.trees.delete(path)
    this.trees.set(path, tree)
    for (const oldest of this.trees.keys()) {
      if (this.trees.size <= maxTrees) break
      this.trees.delete(oldest)
    }
    return tree
  }
}

function describe(name: ByteString, node: NarNode): StoreFile {
  const shown = byteStringToUtf8(name)
  switch (node.type) {
    case 'regular':
      return {
        name: shown,
        type: node.executable ? 'executable' : 'regular',
        size: node.contents.length,
      }
    case 'directory':
      return { name: shown, type: 'directory', size: node.entries.size }
    case 'symlink':
      return { name: shown, type: 'symlink', size: 0, target: byteStringToUtf8(node.target) }
  }
}
