/**
 * Trees that were parsed before: a file is parsed once in a worker, however many evaluations read
 * it.
 *
 * A tree depends on the text, on where the file lies (relative path literals, positions) and on
 * settings. Of each path and settings one tree is kept, the last; it is given for the same contents
 * only. Trees that were not used for longest go first when there are too many.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import { checksum } from './binary-tree'
import type { StoredTree } from './file-tree'
import type { Lints } from './lints'
import type { SyntaxTree } from './parser'

/** What a tree depends on beside the text and its path. */
export interface SyntaxSettings {
  homeDirectory: ByteString | null
  pipeOperators: boolean
  lints: Lints | null
  /** The names of the global scope, in any order. */
  globals: Iterable<ByteString>
}

/** Settings that are compared by identity: equal ones are the same object in a worker. */
export interface TreeSettings {
  readonly id: number
  /** Stands for them in binary forms of trees. */
  readonly fingerprint: number
}

const allSettings = new Map<string, TreeSettings>()

/** The object that stands for these settings in this worker. */
export function treeSettings(settings: SyntaxSettings): TreeSettings {
  const text = settingsText(settings)
  const key = JSON.stringify([settings.homeDirectory, text])
  let known = allSettings.get(key)
  if (known === undefined) {
    const fingerprint = checksum(new TextEncoder().encode(text), 0)
    known = { id: allSettings.size + 1, fingerprint }
    allSettings.set(key, known)
  }
  return known
}

/** All but the home directory: trees that need it have no binary form. */
function settingsText({ pipeOperators, lints, globals }: SyntaxSettings): string {
  // Nothing said means ignored.
  const { absolutePaths = 'ignore', shortPaths = 'ignore', urls = 'ignore' } = lints ?? {}
  const levels = [absolutePaths, shortPaths, urls]
  return JSON.stringify([pipeOperators, levels, [...globals].sort()])
}

/** The contents of a file, read when they are needed. */
export interface FileContents {
  /** The same object as before means the same contents as before; null tells nothing. */
  identity: object | null
  read: () => Uint8Array
  /** The binary form of its tree that lies beside it, or null. */
  syntax: () => StoredTree | null
}

interface Entry {
  tree: SyntaxTree
  identity: object | null
}

export class TreeCache {
  /** The last used last. */
  private readonly entries = new Map<string, Entry>()
  private size = 0

  /** @param capacity bytes of source text whose trees are kept */
  constructor(private readonly capacity: number) {}

  /** The tree of a file: of before if it has the same contents, else what `parse` gives. */
  tree(
    settings: TreeSettings,
    path: ByteString,
    { identity, read }: FileContents,
    parse: (bytes: Uint8Array) => SyntaxTree,
  ): SyntaxTree {
    const key = `${settings.id} ${path}`
    const known = this.entries.get(key)
    if (known !== undefined) {
      this.entries.delete(key)
      this.entries.set(key, known)
      if (identity !== null && known.identity === identity) return known.tree
    }
    const bytes = read()
    if (known !== undefined) {
      if (known.tree.source.holds(bytes)) {
        known.identity = identity
        return known.tree
      }
      this.drop(key, known)
    }
    const tree = parse(bytes)
    this.keep(key, { tree, identity })
    return tree
  }

  /** Lets go of all trees, and of what their identities hold. */
  clear(): void {
    this.entries.clear()
    this.size = 0
  }

  private keep(key: string, entry: Entry): void {
    this.entries.set(key, entry)
    this.size += entry.tree.source.length
    for (const [oldest, other] of this.entries) {
      if (this.size <= this.capacity) return
      this.drop(oldest, other)
    }
  }

  private drop(key: string, { tree }: Entry): void {
    this.entries.delete(key)
    this.size -= tree.source.length
  }
}

/** The trees of this worker. A tree takes some ten times as much memory as its text. */
export const sharedTrees = new TreeCache(24 * 1024 * 1024)
