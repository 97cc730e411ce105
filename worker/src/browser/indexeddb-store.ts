import { encodeBase16 } from '@snowglobe/shared/base16'
import type { ByteString } from '@snowglobe/shared/bytes'
import { hashBytes } from '@snowglobe/shared/hash'
import { checkEntry, checkReferences } from '../store/check-entry'
import { StoreError, type PathInfo, type Store, type StoreEntry } from '../store/store'
import type { StoreDatabase } from './database'

/** Bytes of a NAR in one record: small enough to read and write quickly, large enough to be few. */
const chunkSize = 1024 * 1024

interface Chunk {
  key: string
  bytes: Uint8Array
}

/**
 * The store of a browser, shared by all its tabs. Each call is one transaction, which the browser
 * runs apart from every other tab's, so that what is read and then written cannot change in between.
 */
export class IndexedDbStore implements Store {
  constructor(
    readonly storeDir: ByteString,
    private readonly database: StoreDatabase,
  ) {}

  queryPathInfo(path: ByteString): Promise<PathInfo | null> {
    return this.database.run(['paths'], 'readonly', (store, done) => {
      const request = store('paths').get(path) as IDBRequest<PathInfo | undefined>
      request.onsuccess = () => done(request.result ?? null)
    })
  }

  queryValidPaths(paths: readonly ByteString[]): Promise<Set<ByteString>> {
    return this.database.run(['paths'], 'readonly', (store, done) => {
      whichExist(store('paths'), paths, done)
    })
  }

  async allValidPaths(): Promise<ByteString[]> {
    return this.database.run(['paths'], 'readonly', (store, done) => {
      const request = store('paths').getAllKeys()
      request.onsuccess = () => done(request.result as ByteString[])
    })
  }

  /** Everything that is known of every valid path, in one read. */
  allPathInfos(): Promise<PathInfo[]> {
    return this.database.run(['paths'], 'readonly', (store, done) => {
      const request = store('paths').getAll() as IDBRequest<PathInfo[]>
      request.onsuccess = () => done(request.result)
    })
  }

  queryReferrers(path: ByteString): Promise<ByteString[]> {
    return this.database.run(['paths'], 'readonly', (store, done) => {
      const request = store('paths').index('references').getAllKeys(path)
      request.onsuccess = () => {
        done((request.result as ByteString[]).filter((referrer) => referrer !== path))
      }
    })
  }

  async add(entries: readonly StoreEntry[]): Promise<void> {
    // Hashing happens outside the transaction: it would keep other tabs waiting. What turns out to
    // be there already is then left alone inside it.
    const present = await this.queryValidPaths(entries.map(({ info }) => info.path))
    const added = new Map<ByteString, PathInfo>()
    const chunks = new Map<ByteString, Chunk[]>()
    for (const entry of entries) {
      const { path } = entry.info
      if (present.has(path) || added.has(path)) continue
      added.set(path, checkEntry(this.storeDir, entry))
      chunks.set(path, cut(entry.nar))
    }
    if (added.size === 0) return
    const outside = new Set<ByteString>()
    for (const { references } of added.values()) {
      for (const reference of references) if (!added.has(reference)) outside.add(reference)
    }
    await this.database.run<undefined>(
      ['paths', 'manifests', 'chunks'],
      'readwrite',
      (store, done, fail) => {
        whichExist(store('paths'), [...added.keys(), ...outside], (valid) => {
          try {
            checkReferences(added, (path) => valid.has(path))
            for (const [path, info] of added) {
              if (valid.has(path)) continue
              const pieces = chunks.get(path) ?? []
              store('paths').put(info)
              store('manifests').put(
                pieces.map(({ key }) => key),
                path,
              )
              for (const piece of pieces) putIfAbsent(store('chunks'), piece, fail)
            }
            done(undefined)
          } catch (error) {
            fail(error)
          }
        })
      },
    )
  }

  async narFromPath(path: ByteString): Promise<Uint8Array> {
    const pieces = await this.database.run<Uint8Array[]>(
      ['manifests', 'chunks'],
      'readonly',
      (store, done, fail) => {
        const manifest = store('manifests').get(path) as IDBRequest<string[] | undefined>
        manifest.onsuccess = () => {
          const keys = manifest.result
          if (keys === undefined) fail(new StoreError(`path '${path}' is not valid`))
          else readChunks(store('chunks'), path, keys, done, fail)
        }
      },
    )
    const nar = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0))
    let offset = 0
    for (const piece of pieces) {
      nar.set(piece, offset)
      offset += piece.length
    }
    return nar
  }
}

function cut(nar: Uint8Array): Chunk[] {
  const chunks: Chunk[] = []
  for (let start = 0; start < nar.length; start += chunkSize) {
    // A copy: storing a view would store the whole buffer that it looks into.
    const bytes = nar.slice(start, start + chunkSize)
    chunks.push({ key: encodeBase16(hashBytes('sha256', bytes)), bytes })
  }
  return chunks
}

function whichExist(
  paths: IDBObjectStore,
  wanted: readonly ByteString[],
  done: (existing: Set<ByteString>) => void,
): void {
  const existing = new Set<ByteString>()
  let open = wanted.length
  if (open === 0) {
    done(existing)
    return
  }
  for (const path of wanted) {
    const request = paths.getKey(path)
    request.onsuccess = () => {
      if (request.result !== undefined) existing.add(path)
      if (--open === 0) done(existing)
    }
  }
}

function putIfAbsent(
  chunks: IDBObjectStore,
  { key, bytes }: Chunk,
  fail: (error: unknown) => void,
): void {
  const request = chunks.getKey(key)
  request.onsuccess = () => {
    try {
      if (request.result === undefined) chunks.put(bytes, key)
    } catch (error) {
      fail(error)
    }
  }
}

function readChunks(
  chunks: IDBObjectStore,
  path: ByteString,
  keys: string[],
  done: (pieces: Uint8Array[]) => void,
  fail: (error: unknown) => void,
): void {
  const pieces: Uint8Array[] = []
  let open = keys.length
  for (const [i, key] of keys.entries()) {
    const request = chunks.get(key) as IDBRequest<Uint8Array | undefined>
    request.onsuccess = () => {
      if (request.result === undefined) {
        fail(new StoreError(`the contents of '${path}' are damaged: a piece of them is missing`))
        return
      }
      pieces[i] = request.result
      if (--open === 0) done(pieces)
    }
  }
}
