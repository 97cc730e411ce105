/** What the page asks of the store beyond reading it: roots, garbage, dependencies, damage. */
import { byteStringToUtf8, utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { describeVersions, diffClosures } from '../store/closure-diff'
import { findGarbage } from '../store/garbage'
import { defaultKeepSettings, type Root, type Store } from '../store/store'
import { StoreGraph } from '../store/store-graph'
import { whyDepends } from '../store/why-depends'
import type {
  ClosureComparison,
  CollectedView,
  DamageView,
  DependencyStepView,
  GarbageView,
  PathDetails,
  RootView,
} from './api'
import type { KnownPaths } from './known-paths'

/** Where roots lie that a person has set in the page. */
const keptPrefix = 'kept/'

export class StoreDesk {
  constructor(
    private readonly store: Store,
    private readonly known: Pick<KnownPaths, 'all'>,
  ) {}

  async roots(): Promise<RootView[]> {
    return (await this.store.roots()).map(({ name, path, kind }) => ({
      name: byteStringToUtf8(name),
      path: byteStringToUtf8(path),
      kind,
    }))
  }

  /** Keeps a path until it is let go again. */
  async keep(path: string, keep: boolean): Promise<void> {
    const bytes = utf8ToByteString(path)
    await this.store.setRoot(keptName(bytes), keep ? bytes : null)
  }

  async removeRoot(name: string): Promise<void> {
    await this.store.setRoot(utf8ToByteString(name), null)
  }

  /** Makes what is built a root, as nix-build's `result` does; what the last build kept is let go. */
  async keepResults(paths: readonly ByteString[]): Promise<void> {
    const before = (await this.store.roots()).filter(({ name }) => /^result(-\d+)?$/.test(name))
    for (const { name } of before.slice(paths.length)) await this.store.setRoot(name, null)
    for (const [i, path] of paths.entries()) {
      await this.store.setRoot(i === 0 ? 'result' : `result-${i + 1}`, path)
    }
  }

  /** What is known of a valid path and of what surrounds it; null if it is not valid. */
  async details(path: string): Promise<PathDetails | null> {
    const bytes = utf8ToByteString(path)
    const info = await this.store.queryPathInfo(bytes)
    if (info === null) return null
    const [graph, roots] = await Promise.all([this.store.graph(), this.store.roots()])
    const closure = graph.closure([bytes])
    const keepers = graph.closure([bytes], { backwards: true, derivers: true })
    return {
      path,
      narSize: info.narSize,
      closureSize: graph.closureSize(bytes),
      references: texts(info.references.filter((reference) => reference !== bytes)),
      refersToItself: info.references.includes(bytes),
      referrers: texts(graph.referrers(bytes)),
      closure: texts(graph.sorted(closure)),
      deriver: info.deriver === null ? null : byteStringToUtf8(info.deriver),
      outputs: [...(graph.outputs.get(bytes) ?? [])].map(([name, output]) => ({
        name: byteStringToUtf8(name),
        path: byteStringToUtf8(output),
        valid: graph.isValid(output),
      })),
      keptBy: roots.filter((root) => keepers.has(root.path)).map(describeRoot),
      kept: roots.some(({ name }) => name === keptName(bytes)),
      registered: info.registrationTime,
    }
  }

  async previewGarbage(): Promise<GarbageView> {
    const [graph, roots] = await Promise.all([this.store.graph(), this.store.roots()])
    const rootPaths = roots.map(({ path }) => path)
    const { live, dead, deadSize } = findGarbage(graph, rootPaths, defaultKeepSettings)
    return {
      live: live.size,
      dead: dead.map((path) => ({
        path: byteStringToUtf8(path),
        narSize: graph.node(path).narSize,
      })),
      deadSize,
    }
  }

  async collectGarbage(): Promise<CollectedView> {
    const { deleted, bytesFreed } = await this.store.collectGarbage(defaultKeepSettings)
    return { deleted: texts(deleted), bytesFreed }
  }

  /** Null if the first does not depend on the second. */
  async whyDepends(from: string, to: string): Promise<DependencyStepView[] | null> {
    const [one, other] = [utf8ToByteString(from), utf8ToByteString(to)]
    const steps = await whyDepends(this.store, await this.store.graph(), one, other)
    if (steps === null) return null
    return steps.map(({ from, to, occurrences }) => ({
      from: byteStringToUtf8(from),
      to: byteStringToUtf8(to),
      occurrences: occurrences.map(({ file, where, offset, context }) => ({
        file: byteStringToUtf8(file),
        where,
        offset,
        context,
      })),
    }))
  }

  /** Throws StoreError for a path that is neither here nor known. */
  async compare(before: string, after: string): Promise<ClosureComparison> {
    const [one, other] = [utf8ToByteString(before), utf8ToByteString(after)]
    const graph = await this.graphWithKnown()
    const { storeDir } = this.store
    const packages = diffClosures(storeDir, graph, one, other, { rebuilt: true })
    return {
      sizes: [graph.closureSize(one), graph.closureSize(other)],
      packages: packages.map((difference) => ({
        name: byteStringToUtf8(difference.name),
        versions: describeVersions(difference),
        sizeChange: difference.sizeChange,
      })),
    }
  }

  /** What is here, and what caches say of paths that are not. */
  private async graphWithKnown(): Promise<StoreGraph> {
    const [graph, known] = await Promise.all([this.store.graph(), this.known.all()])
    const others = known.map((info) => [info.path, info] as const)
    return new StoreGraph(new Map([...others, ...graph.nodes]), graph.outputs)
  }

  /** Hashes everything. */
  async verify(): Promise<DamageView[]> {
    const damages = await this.store.verify({ checkContents: true })
    return damages.map(({ path, kind }) => ({ path: byteStringToUtf8(path), kind }))
  }
}

function keptName(path: ByteString): ByteString {
  return keptPrefix + path.slice(path.lastIndexOf('/') + 1)
}

function describeRoot({ name, kind, path }: Root): RootView {
  return { name: byteStringToUtf8(name), kind, path: byteStringToUtf8(path) }
}

function texts(paths: readonly ByteString[]): string[] {
  return paths.map(byteStringToUtf8)
}
