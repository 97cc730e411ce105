import type { ByteString } from '@snowglobe/shared/bytes'
import { StoreError, type KeepSettings } from './store'
import { sortTopologically } from './topological-sort'

/** What the graph holds of a valid path. */
export interface GraphNode {
  /** May contain the path itself. */
  references: readonly ByteString[]
  deriver: ByteString | null
  /** Bytes of its NAR. */
  narSize: number
}

export interface ClosureOptions {
  /** Follow referrers instead of references. */
  backwards?: boolean
  /** Of a derivation also its valid outputs (backwards: of a path also its valid derivers). */
  outputs?: boolean
  /** Of a path also its deriver, if valid (backwards: of a derivation also its valid outputs). */
  derivers?: boolean
}

/**
 * The valid paths of a store at one moment and what connects them: references, derivers, outputs. All
 * questions about closures are answered from it, the same for every store.
 */
export class StoreGraph {
  private referrersOfPath: Map<ByteString, ByteString[]> | null = null
  private deriversOfPath: Map<ByteString, ByteString[]> | null = null

  /** @param outputs of each valid derivation, by output name */
  constructor(
    readonly nodes: ReadonlyMap<ByteString, GraphNode>,
    readonly outputs: ReadonlyMap<ByteString, ReadonlyMap<ByteString, ByteString>>,
  ) {}

  isValid(path: ByteString): boolean {
    return this.nodes.has(path)
  }

  /** Throws StoreError if the path is not valid. */
  node(path: ByteString): GraphNode {
    const node = this.nodes.get(path)
    if (node === undefined) throw new StoreError(`path '${path}' is not valid`)
    return node
  }

  /** Valid paths that refer to this one, itself left out. */
  referrers(path: ByteString): readonly ByteString[] {
    this.referrersOfPath ??= invert(
      [...this.nodes].map(([from, { references }]) => [
        from,
        references.filter((reference) => reference !== from),
      ]),
    )
    return this.referrersOfPath.get(path) ?? []
  }

  /** Valid derivations that have this path as an output. */
  validDerivers(path: ByteString): readonly ByteString[] {
    this.deriversOfPath ??= invert(
      [...this.outputs].map(([derivation, outputs]) => [derivation, [...outputs.values()]]),
    )
    return this.deriversOfPath.get(path) ?? []
  }

  /** The outputs of a derivation that are valid. */
  validOutputs(path: ByteString): ByteString[] {
    return [...(this.outputs.get(path)?.values() ?? [])].filter((output) => this.isValid(output))
  }

  /**
   * Paths and what can be reached from them, themselves included. Throws StoreError if one is not valid;
   * backwards, only the path itself leads to such a one.
   */
  closure(paths: Iterable<ByteString>, options: ClosureOptions = {}): Set<ByteString> {
    const { backwards = false, outputs = false, derivers = false } = options
    const found = new Set<ByteString>()
    const pending = [...paths]
    for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
      if (found.has(path)) continue
      found.add(path)
      if (backwards) {
        pending.push(...this.referrers(path))
        if (outputs) pending.push(...this.validDerivers(path))
        if (derivers) pending.push(...this.validOutputs(path))
        continue
      }
      const { references, deriver } = this.node(path)
      pending.push(...references)
      if (outputs) pending.push(...this.validOutputs(path))
      if (derivers && deriver !== null && this.isValid(deriver)) pending.push(deriver)
    }
    return found
  }

  /** What roots keep; those that are not valid keep nothing. */
  live(roots: Iterable<ByteString>, keep: KeepSettings): Set<ByteString> {
    const valid = [...roots].filter((path) => this.isValid(path))
    return this.closure(valid, { outputs: keep.keepOutputs, derivers: keep.keepDerivations })
  }

  /** What one refers to stands before it, in Nix's own order. */
  sorted(paths: Iterable<ByteString>): ByteString[] {
    return sortTopologically(paths, (path) => this.nodes.get(path)?.references ?? [])
  }

  /** Bytes of the NARs of a path and all it refers to. */
  closureSize(path: ByteString): number {
    let size = 0
    for (const member of this.closure([path])) size += this.node(member).narSize
    return size
  }
}

function invert(
  edges: Iterable<[ByteString, readonly ByteString[]]>,
): Map<ByteString, ByteString[]> {
  const inverted = new Map<ByteString, ByteString[]>()
  for (const [from, targets] of edges) {
    for (const to of targets) {
      const sources = inverted.get(to)
      if (sources === undefined) inverted.set(to, [from])
      else sources.push(from)
    }
  }
  return inverted
}
