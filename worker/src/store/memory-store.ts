import type { ByteString } from '@snowglobe/shared/bytes'
import { checkEntry, checkReferences, outputsOfEntry } from './check-entry'
import { cutNar, joinChunks } from './chunks'
import { planDeletion, stillAlive } from './garbage'
import { emptyProfile, type Profile } from './profile'
import { checkRootName, rootsOf } from './root-list'
import {
  StoreError,
  type CollectedGarbage,
  type Damage,
  type GarbageOptions,
  type Hold,
  type PathInfo,
  type Root,
  type Store,
  type StoreEntry,
  type VerifyOptions,
} from './store'
import { StoreGraph } from './store-graph'
import { checkRepair, verifyContents } from './verify-contents'

/** A store that lives as long as its object: for tests, and for pages without storage. */
export class MemoryStore implements Store {
  private readonly infos = new Map<ByteString, PathInfo>()
  /** The keys of the pieces of each path's NAR. */
  private readonly manifests = new Map<ByteString, string[]>()
  private readonly chunks = new Map<string, Uint8Array>()
  private readonly outputs = new Map<ByteString, Map<ByteString, ByteString>>()
  private readonly permanent = new Map<ByteString, ByteString>()
  private readonly held = new Set<readonly ByteString[]>()
  private readonly profileList = new Map<string, Profile>()
  /** Made anew after each change. */
  private graphNow: StoreGraph | null = null

  constructor(readonly storeDir: ByteString) {}

  async queryPathInfo(path: ByteString): Promise<PathInfo | null> {
    const info = this.infos.get(path)
    return info === undefined ? null : copyOf(info)
  }

  async queryValidPaths(paths: readonly ByteString[]): Promise<Set<ByteString>> {
    return new Set(paths.filter((path) => this.infos.has(path)))
  }

  async allValidPaths(): Promise<ByteString[]> {
    return [...this.infos.keys()].sort()
  }

  async allPathInfos(): Promise<PathInfo[]> {
    return [...this.infos.values()].map(copyOf)
  }

  async queryReferrers(path: ByteString): Promise<ByteString[]> {
    return [...this.currentGraph().referrers(path)].sort()
  }

  async queryDerivationOutputs(path: ByteString): Promise<Map<ByteString, ByteString>> {
    return new Map(this.outputs.get(path))
  }

  async queryValidDerivers(path: ByteString): Promise<ByteString[]> {
    return [...this.currentGraph().validDerivers(path)].sort()
  }

  async queryPathFromHashPart(hashPart: string): Promise<ByteString | null> {
    const prefix = `${this.storeDir}/${hashPart}-`
    return [...this.infos.keys()].find((path) => path.startsWith(prefix)) ?? null
  }

  async graph(): Promise<StoreGraph> {
    return this.currentGraph()
  }

  async add(entries: readonly StoreEntry[]): Promise<void> {
    const added = new Map<ByteString, PathInfo>()
    const outputs = new Map<ByteString, Map<ByteString, ByteString>>()
    const nars = new Map<ByteString, Uint8Array>()
    for (const entry of entries) {
      const { path } = entry.info
      if (this.infos.has(path) || added.has(path)) continue
      added.set(path, checkEntry(this.storeDir, entry))
      outputs.set(path, outputsOfEntry(this.storeDir, entry))
      nars.set(path, entry.nar)
    }
    checkReferences(added, (path) => this.infos.has(path))
    this.graphNow = null
    for (const [path, nar] of nars) this.keep(path, nar)
    for (const [path, info] of added) {
      this.infos.set(path, info)
      this.outputs.set(path, outputs.get(path)!)
    }
  }

  async narFromPath(path: ByteString): Promise<Uint8Array> {
    const manifest = this.manifests.get(path)
    if (manifest === undefined) throw new StoreError(`path '${path}' is not valid`)
    return joinChunks(
      manifest.map((key) => {
        const piece = this.chunks.get(key)
        if (piece !== undefined) return piece
        throw new StoreError(`the contents of '${path}' are damaged: a piece of them is missing`)
      }),
    )
  }

  async roots(): Promise<Root[]> {
    return rootsOf(this.permanent, this.profileList, this.heldPaths())
  }

  async setRoot(name: ByteString, path: ByteString | null): Promise<void> {
    checkRootName(name)
    if (path === null) this.permanent.delete(name)
    else this.permanent.set(name, this.valid(path))
  }

  async hold(paths: readonly ByteString[]): Promise<Hold> {
    const held = [...paths]
    this.held.add(held)
    return {
      release: async () => {
        this.held.delete(held)
      },
    }
  }

  async collectGarbage(options: GarbageOptions): Promise<CollectedGarbage> {
    const graph = this.currentGraph()
    const lasting = rootsOf(this.permanent, this.profileList, []).map(({ path }) => path)
    const { dead, inUse } = planDeletion(graph, lasting, this.heldPaths(), options)
    const collected: CollectedGarbage = { deleted: [], bytesFreed: 0 }
    for (const path of dead) {
      if (collected.bytesFreed > (options.maxFreed ?? Infinity)) break
      options.onDelete?.(path)
      this.forget(path)
      collected.deleted.push(path)
      collected.bytesFreed += graph.node(path).narSize
    }
    const used = new Set([...this.manifests.values()].flat())
    for (const key of this.chunks.keys()) if (!used.has(key)) this.chunks.delete(key)
    if (inUse !== null) throw stillAlive(inUse)
    return collected
  }

  verify(options: VerifyOptions): Promise<Damage[]> {
    return verifyContents(
      this,
      {
        isThere: async (path) =>
          this.manifests.get(path)?.every((key) => this.chunks.has(key)) ?? false,
        read: (path) => this.narFromPath(path),
        forget: async (path) => this.forget(path),
      },
      options,
    )
  }

  async repair(path: ByteString, nar: Uint8Array): Promise<void> {
    checkRepair(await this.queryPathInfo(path), path, nar)
    this.keep(path, nar)
  }

  async profiles(): Promise<Map<string, Profile>> {
    return new Map(this.profileList)
  }

  async changeProfile(name: string, change: (profile: Profile) => Profile): Promise<Profile> {
    checkRootName(name)
    const profile = change(this.profileList.get(name) ?? emptyProfile)
    for (const { path } of profile.generations) this.valid(path)
    this.profileList.set(name, profile)
    return profile
  }

  private currentGraph(): StoreGraph {
    this.graphNow ??= new StoreGraph(new Map(this.infos), new Map(this.outputs))
    return this.graphNow
  }

  private heldPaths(): ByteString[] {
    return [...this.held].flat()
  }

  private valid(path: ByteString): ByteString {
    if (this.infos.has(path)) return path
    throw new StoreError(`path '${path}' is not valid`)
  }

  private keep(path: ByteString, nar: Uint8Array): void {
    const pieces = cutNar(nar)
    for (const { key, bytes } of pieces) this.chunks.set(key, bytes)
    this.manifests.set(
      path,
      pieces.map(({ key }) => key),
    )
  }

  private forget(path: ByteString): void {
    this.graphNow = null
    this.infos.delete(path)
    this.manifests.delete(path)
    this.outputs.delete(path)
  }
}

/** Callers get copies, so that what they do to them does not reach the store. */
function copyOf(info: PathInfo): PathInfo {
  return {
    ...info,
    narHash: info.narHash.slice(),
    references: [...info.references],
    signatures: [...info.signatures],
  }
}
