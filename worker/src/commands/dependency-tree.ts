/** Why a path depends on another, as `nix why-depends` prints it: the ways, and what files they go by. */
import { bytesToByteString, utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { readNar, type NarNode } from '@snowglobe/shared/nar'
import { parseStorePath } from '@snowglobe/shared/store-path'
import type { StoreGraph } from '../store/store-graph'
import { blue, branch, gap, green, grey, lastBranch, normal, trunk } from './drawing'
import type { HostedStore } from './store-host'

export interface DependencyTreeOptions {
  /** All ways, and not only a shortest one. */
  all: boolean
  /** Show in which files a path is named. */
  precise: boolean
}

const arrow = utf8ToByteString('→ ')
const dots = utf8ToByteString('…')

/** Bytes shown on either side of a name. */
const margin = 32

/** The ways from a path to another in its closure. Throws StoreError. */
export async function dependencyTree(
  store: Pick<HostedStore, 'storeDir' | 'narFromPath'>,
  graph: StoreGraph,
  from: ByteString,
  to: ByteString,
  options: DependencyTreeOptions,
): Promise<ByteString> {
  const printer = new TreePrinter(store, graph, from, to, options)
  await printer.print()
  return printer.lines.map((line) => `${line}\n`).join('')
}

class TreePrinter {
  readonly lines: ByteString[] = []
  private readonly distances: Map<ByteString, number>
  private readonly visited = new Set<ByteString>()

  constructor(
    private readonly store: Pick<HostedStore, 'storeDir' | 'narFromPath'>,
    private readonly graph: StoreGraph,
    private readonly from: ByteString,
    private readonly to: ByteString,
    private readonly options: DependencyTreeOptions,
  ) {
    this.distances = distancesTo(graph, graph.closure([from]), to)
  }

  async print(): Promise<void> {
    if (!this.options.precise) this.lines.push(this.from)
    await this.node(this.from, '', '')
  }

  /** Gives whether the way has come to its end, and no other is wanted. */
  private async node(path: ByteString, first: ByteString, tail: ByteString): Promise<boolean> {
    const { all, precise } = this.options
    const known = this.visited.has(path)
    if (precise) {
      const colour = known ? grey : ''
      this.lines.push(`${first}${colour}${first === '' ? '' : arrow}${path}${normal}`)
    }
    if (path === this.to && !all && this.from !== this.to) return true
    if (known) return false
    if (precise) this.visited.add(path)
    const next = this.next(path)
    const hits = precise ? await this.hits(path, next) : new Map<ByteString, ByteString[]>()
    for (const [index, reference] of next.entries()) {
      const last = !all || index === next.length - 1
      const shown = (hits.get(reference) ?? []).slice(0, all ? Infinity : 1)
      for (const [i, hit] of shown.entries()) {
        const lead = i === 0 ? (last ? lastBranch : branch) : last ? gap : trunk
        this.lines.push(`${tail}${lead}${hit}`)
      }
      if (!precise) {
        const colour = this.visited.has(reference) ? grey : ''
        const lead = last ? lastBranch : branch
        this.lines.push(`${first}${colour}${lead}${reference}${normal}`)
        this.visited.add(path)
      }
      const pad = tail + (last ? gap : trunk)
      if (await this.node(reference, pad, pad)) return true
    }
    return false
  }

  /** What a path refers to on a way to the end, the nearest to it first. */
  private next(path: ByteString): ByteString[] {
    const distance = (reference: ByteString) => this.distances.get(reference)!
    return this.graph
      .node(path)
      .references.filter((reference) => reference !== path || this.from === this.to)
      .filter((reference) => this.distances.has(reference))
      .sort((one, other) => distance(one) - distance(other) || (one < other ? -1 : 1))
  }

  /** Of each of some paths where another names it. */
  private async hits(
    path: ByteString,
    references: readonly ByteString[],
  ): Promise<Map<ByteString, ByteString[]>> {
    const found = new Map(references.map((reference) => [reference, [] as ByteString[]]))
    const note = (file: ByteString, text: ByteString, isLink: boolean) => {
      for (const reference of references) {
        const { hashPart } = parseStorePath(this.store.storeDir, reference)
        const at = text.indexOf(hashPart)
        if (at < 0) continue
        const colour = reference === this.to ? green : blue
        const start = isLink ? 0 : Math.max(0, at - margin)
        const end = at + hashPart.length
        const before = text.slice(start, at)
        const after = isLink ? text.slice(end) : text.slice(end, end + margin)
        const show = isLink ? (part: ByteString) => part : printable
        const marked = `${show(before)}${colour}${hashPart}${normal}${show(after)}`
        const line = isLink ? `${file} -> ${marked}` : `${file}: ${dots}${marked}${dots}`
        found.get(reference)!.push(line)
      }
    }
    const visit = (node: NarNode, file: ByteString) => {
      if (node.type === 'symlink') note(file, node.target, true)
      else if (node.type === 'regular') {
        note(file, bytesToByteString(node.contents), false)
      } else {
        for (const [name, entry] of node.entries)
          visit(entry, file === '/' ? name : `${file}/${name}`)
      }
    }
    visit(readNar(await this.store.narFromPath(path)), '/')
    return found
  }
}

/** How many steps each path of a closure is away from one of them; those without a way to it are left out. */
function distancesTo(
  graph: StoreGraph,
  closure: ReadonlySet<ByteString>,
  to: ByteString,
): Map<ByteString, number> {
  const distances = new Map([[to, 0]])
  // A map gives its keys in the order in which they were set, also those set meanwhile: a queue.
  for (const [path, distance] of distances) {
    for (const referrer of graph.referrers(path)) {
      if (closure.has(referrer) && !distances.has(referrer)) distances.set(referrer, distance + 1)
    }
  }
  return distances
}

function printable(text: ByteString): ByteString {
  return text.replace(/[^\x20-\x7e]/g, '.')
}
