import type { ByteString } from '@snowglobe/shared/bytes'
import { readNar, type NarNode } from '@snowglobe/shared/nar'
import { parseStorePath } from '@snowglobe/shared/store-path'
import type { Store } from './store'
import type { StoreGraph } from './store-graph'

/** Where in a path's files another path is named. */
export interface Occurrence {
  /** Relative to the store path; `''` is the path itself. */
  file: ByteString
  /** In a file's bytes, in a link's target, or in a file's own name. */
  where: 'contents' | 'link' | 'name'
  /** Bytes from its beginning to the hash part. */
  offset: number
  /** What stands around it: some bytes on either side. */
  context: ByteString
}

/** One step of the way from a path to what it depends on. */
export interface DependencyStep {
  from: ByteString
  to: ByteString
  /** In the order of the files; at most the first hundred. */
  occurrences: Occurrence[]
}

const maxOccurrences = 100
/** Bytes shown on either side of an occurrence. */
const contextSize = 24

/**
 * The shortest way by which a path depends on another, and for each step the places that make it so.
 * Null if it does not depend on it; no steps if it is the same path.
 *
 * @throws StoreError where one of them is not valid
 */
export async function whyDepends(
  store: Pick<Store, 'storeDir' | 'narFromPath'>,
  graph: StoreGraph,
  from: ByteString,
  to: ByteString,
): Promise<DependencyStep[] | null> {
  const way = shortestWay(graph, from, to)
  if (way === null) return null
  const steps: DependencyStep[] = []
  for (let i = 0; i + 1 < way.length; i++) {
    const [path, next] = [way[i], way[i + 1]]
    const { hashPart } = parseStorePath(store.storeDir, next)
    const root = readNar(await store.narFromPath(path))
    steps.push({ from: path, to: next, occurrences: findOccurrences(root, hashPart) })
  }
  return steps
}

/** The paths on a shortest way along references, the smaller of equally short ones; null if none. */
function shortestWay(graph: StoreGraph, from: ByteString, to: ByteString): ByteString[] | null {
  graph.node(to)
  const cameFrom = new Map<ByteString, ByteString | null>([[from, null]])
  // A map gives its keys in the order in which they were set, also those set meanwhile: a queue.
  for (const path of cameFrom.keys()) {
    if (path === to) {
      const way: ByteString[] = []
      for (let at: ByteString | null = to; at !== null; at = cameFrom.get(at) ?? null) way.push(at)
      return way.reverse()
    }
    for (const reference of [...graph.node(path).references].sort()) {
      if (!cameFrom.has(reference)) cameFrom.set(reference, path)
    }
  }
  return null
}

/** The places in a tree that hold a hash part. */
function findOccurrences(root: NarNode, hashPart: string): Occurrence[] {
  const found: Occurrence[] = []
  const inText = (file: ByteString, where: 'link' | 'name', text: ByteString) => {
    for (let at = text.indexOf(hashPart); at >= 0; at = text.indexOf(hashPart, at + 1)) {
      found.push({ file, where, offset: at, context: around(text, at, at + hashPart.length) })
    }
  }
  const visit = (node: NarNode, file: ByteString) => {
    if (found.length >= maxOccurrences) return
    if (node.type === 'symlink') inText(file, 'link', node.target)
    else if (node.type === 'regular') {
      for (const offset of search(node.contents, hashPart)) {
        const end = offset + hashPart.length
        found.push({
          file,
          where: 'contents',
          offset,
          context: aroundBytes(node.contents, offset, end),
        })
        if (found.length >= maxOccurrences) return
      }
    } else {
      for (const [name, entry] of node.entries) {
        const inside = file === '' ? name : `${file}/${name}`
        inText(inside, 'name', name)
        visit(entry, inside)
      }
    }
  }
  visit(root, '')
  return found.slice(0, maxOccurrences)
}

/** Finds a text in bytes: looks at every 32nd byte or so (Horspool's algorithm). */
function* search(bytes: Uint8Array, text: string): Generator<number> {
  const { length } = text
  const shifts = new Uint8Array(256).fill(length)
  for (let i = 0; i < length - 1; i++) shifts[text.charCodeAt(i)] = length - 1 - i
  for (let at = 0; at + length <= bytes.length;) {
    let i = length - 1
    while (i >= 0 && bytes[at + i] === text.charCodeAt(i)) i--
    if (i < 0) yield at
    at += shifts[bytes[at + length - 1]]
  }
}

function around(text: ByteString, start: number, end: number): ByteString {
  return printable(text.slice(Math.max(0, start - contextSize), end + contextSize))
}

function aroundBytes(bytes: Uint8Array, start: number, end: number): ByteString {
  const part = bytes.subarray(Math.max(0, start - contextSize), end + contextSize)
  return printable(String.fromCharCode(...part))
}

function printable(text: ByteString): ByteString {
  return text.replace(/[^\x20-\x7e]/g, '.')
}
