import type { ByteString } from '@snowglobe/shared/bytes'
import type { PathInfo } from '../store/store'
import type { StoreDatabase } from './database'

/** A path whose signed information a cache gave, and where its NAR can be had. */
export interface KnownPath extends PathInfo {
  /** Of the NAR, relative to the cache's own address. */
  url: string
  compression: string
}

/**
 * The paths that are known but not valid: their contents lie in a cache. A path may be in both this
 * and the store; then it is valid.
 */
export interface KnownPaths {
  query(path: ByteString): Promise<KnownPath | null>
  all(): Promise<KnownPath[]>
  /** Remembers paths; what is said of a path replaces what was said before. */
  add(paths: readonly KnownPath[]): Promise<void>
}

export class MemoryKnownPaths implements KnownPaths {
  private readonly paths = new Map<ByteString, KnownPath>()

  async query(path: ByteString): Promise<KnownPath | null> {
    return this.paths.get(path) ?? null
  }

  async all(): Promise<KnownPath[]> {
    return [...this.paths.values()]
  }

  async add(paths: readonly KnownPath[]): Promise<void> {
    for (const path of paths) this.paths.set(path.path, path)
  }
}

export class IndexedDbKnownPaths implements KnownPaths {
  constructor(private readonly database: StoreDatabase) {}

  query(path: ByteString): Promise<KnownPath | null> {
    return this.database.run(['known'], 'readonly', (store, done) => {
      const request = store('known').get(path) as IDBRequest<KnownPath | undefined>
      request.onsuccess = () => done(request.result ?? null)
    })
  }

  all(): Promise<KnownPath[]> {
    return this.database.run(['known'], 'readonly', (store, done) => {
      const request = store('known').getAll() as IDBRequest<KnownPath[]>
      request.onsuccess = () => done(request.result)
    })
  }

  add(paths: readonly KnownPath[]): Promise<void> {
    return this.database.run<undefined>(['known'], 'readwrite', (store, done) => {
      for (const path of paths) store('known').put(path)
      done(undefined)
    }) as Promise<void>
  }
}
