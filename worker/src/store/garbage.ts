import type { ByteString } from '@snowglobe/shared/bytes'
import { StoreError, type GarbageOptions, type KeepSettings } from './store'
import type { StoreGraph } from './store-graph'

/** What a collection would keep and what it would delete. */
export interface GarbagePreview {
  live: Set<ByteString>
  /** What refers to a path stands before it. */
  dead: ByteString[]
  /** Bytes of the NARs of what is dead. */
  deadSize: number
}

/** Parts the valid paths into those that roots keep and the others. */
export function findGarbage(
  graph: StoreGraph,
  roots: Iterable<ByteString>,
  keep: KeepSettings,
): GarbagePreview {
  const live = graph.live(roots, keep)
  const dead = [...graph.nodes.keys()].filter((path) => !live.has(path))
  const deadSize = dead.reduce((size, path) => size + graph.node(path).narSize, 0)
  return { live, dead: graph.sorted(dead).reverse(), deadSize }
}

/** What is to be deleted, in order, and the first of the wanted paths that cannot be. */
export interface DeletionPlan {
  dead: ByteString[]
  inUse: ByteString | null
}

/**
 * Decides what a collection deletes. Where paths are given they go only with all their referrers, each of
 * which must be given too, as Nix has it.
 *
 * @param held temporary roots; they count even where roots are ignored
 */
export function planDeletion(
  graph: StoreGraph,
  roots: Iterable<ByteString>,
  held: Iterable<ByteString>,
  options: GarbageOptions,
): DeletionPlan {
  const { paths } = options
  if (paths === undefined) {
    return { dead: findGarbage(graph, [...roots, ...held], options).dead, inUse: null }
  }
  const keep = { keepOutputs: false, keepDerivations: false }
  const live = graph.live(options.ignoreRoots === true ? held : [...roots, ...held], keep)
  const wanted = new Set(paths)
  const deletable = new Set<ByteString>()
  let inUse: ByteString | null = null
  for (const path of wanted) {
    if (!graph.isValid(path)) continue
    const closure = graph.closure([path], { backwards: true })
    if ([...closure].some((referrer) => live.has(referrer) || !wanted.has(referrer))) inUse ??= path
    else for (const referrer of closure) deletable.add(referrer)
  }
  return { dead: graph.sorted(deletable).reverse(), inUse }
}

/** What is said of a path that was to be deleted but is in use; the text is Nix's. */
export function stillAlive(path: ByteString): StoreError {
  return new StoreError(
    `Cannot delete path '${path}' since it is still alive. To find out why, use: ` +
      'nix-store --query --roots and nix-store --query --referrers',
  )
}
