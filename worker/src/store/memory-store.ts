import type { ByteString } from '@snowglobe/shared/bytes'
import { checkEntry, checkReferences } from './check-entry'
import { StoreError, type PathInfo, type Store, type StoreEntry } from './store'

/** A store that lives as long as its object: for tests, and for pages without storage. */
export class MemoryStore implements Store {
  private readonly infos = new Map<ByteString, PathInfo>()
  private readonly nars = new Map<ByteString, Uint8Array>()
  /** Who refers to a path, itself left out. */
  private readonly referrers = new Map<ByteString, Set<ByteString>>()

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

  /** Everything that is known of every valid path. */
  async allPathInfos(): Promise<PathInfo[]> {
    return [...this.infos.values()].map(copyOf)
  }

  async queryReferrers(path: ByteString): Promise<ByteString[]> {
    return [...(this.referrers.get(path) ?? [])].sort()
  }

  async add(entries: readonly StoreEntry[]): Promise<void> {
    const added = new Map<ByteString, PathInfo>()
    const nars = new Map<ByteString, Uint8Array>()
    for (const entry of entries) {
      const { path } = entry.info
      if (this.infos.has(path) || added.has(path)) continue
      added.set(path, checkEntry(this.storeDir, entry))
      nars.set(path, entry.nar.slice())
    }
    checkReferences(added, (path) => this.infos.has(path))
    for (const [path, nar] of nars) this.nars.set(path, nar)
    for (const [path, info] of added) {
      this.infos.set(path, info)
      for (const reference of info.references) {
        if (reference !== path) this.referrersOf(reference).add(path)
      }
    }
  }

  async narFromPath(path: ByteString): Promise<Uint8Array> {
    const nar = this.nars.get(path)
    if (nar === undefined) throw new StoreError(`path '${path}' is not valid`)
    return nar.slice()
  }

  private referrersOf(path: ByteString): Set<ByteString> {
    let referrers = this.referrers.get(path)
    if (referrers === undefined) this.referrers.set(path, (referrers = new Set()))
    return referrers
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
