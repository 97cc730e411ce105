/** Contents of paths in IndexedDB: of each path the keys of its pieces, and each piece once. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { Chunk } from '../store/chunks'
import { StoreError } from '../store/store'
import type { ObjectStoreName } from './database'
import { gather } from './indexeddb-requests'

/** The object stores of a transaction. */
export type Stores = (name: ObjectStoreName) => IDBObjectStore

/** Smaller pieces are written without asking whether they are there: asking takes as long. */
const smallPiece = 16 * 1024

/** Adds the contents of a path; large pieces that are there already are left alone. */
export function putContents(
  store: Stores,
  path: ByteString,
  chunks: readonly Chunk[],
  fail: (error: unknown) => void,
): void {
  store('manifests').put(
    chunks.map(({ key }) => key),
    path,
  )
  for (const chunk of chunks) {
    if (chunk.bytes.length < smallPiece) store('chunks').put(chunk.bytes, chunk.key)
    else putIfAbsent(store('chunks'), chunk, fail)
  }
}

/** Puts contents in the place of those that are there, which may be damaged. */
export function replaceContents(store: Stores, path: ByteString, chunks: readonly Chunk[]): void {
  for (const { key, bytes } of chunks) store('chunks').put(bytes, key)
  store('manifests').put(
    chunks.map(({ key }) => key),
    path,
  )
}

/** The pieces of a path in their order; a StoreError where one is missing. */
export function readContents(
  store: Stores,
  path: ByteString,
  done: (pieces: Uint8Array[]) => void,
  fail: (error: unknown) => void,
): void {
  const manifest = store('manifests').get(path) as IDBRequest<string[] | undefined>
  manifest.onsuccess = () => {
    const keys = manifest.result
    if (keys === undefined) fail(new StoreError(`path '${path}' is not valid`))
    else readChunks(store('chunks'), path, keys, done, fail)
  }
}

/** Whether all pieces of a path are there. */
export function hasContents(store: Stores, path: ByteString, done: (there: boolean) => void): void {
  const manifest = store('manifests').get(path) as IDBRequest<string[] | undefined>
  manifest.onsuccess = () => {
    const keys = manifest.result
    if (keys === undefined) return done(false)
    const found = keys.map((key) => store('chunks').getKey(key))
    gather(found, (results) => done(results.every((key) => key !== undefined)))
  }
}

/** Deletes the pieces that no path has any more. */
export function deleteUnusedChunks(store: Stores): void {
  gather([store('manifests').getAll(), store('chunks').getAllKeys()], ([manifests, keys]) => {
    const used = new Set((manifests as string[][]).flat())
    for (const key of keys as string[]) if (!used.has(key)) store('chunks').delete(key)
  })
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
