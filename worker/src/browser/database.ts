import { bytesToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { readNar } from '@snowglobe/shared/nar'
import { parseOutputs } from '../store/check-entry'
import { joinChunks } from '../store/chunks'
import { StoreError } from '../store/store'

/**
 * The browser's database that holds the store. Its object stores:
 *
 * | name        | key    | holds                                                              |
 * |-------------|--------|--------------------------------------------------------------------|
 * | `paths`     | path   | PathInfo of each valid path; the index `references` gives referrers |
 * | `manifests` | path   | the keys of the chunks that make up the path's NAR, in order        |
 * | `chunks`    | SHA-256| pieces of NARs, at most a megabyte each; equal pieces are kept once |
 * | `known`     | path   | narinfos of paths whose contents a cache has                        |
 * | `outputs`   | path   | OutputsRecord of each valid derivation; the index `paths` gives derivers |
 * | `roots`     | name   | the path of each permanent root                                     |
 * | `holds`     | random | HoldRecord of who works with paths                                  |
 * | `profiles`  | name   | Profile                                                             |
 */
export type ObjectStoreName =
  'paths' | 'manifests' | 'chunks' | 'known' | 'outputs' | 'roots' | 'holds' | 'profiles'

/** The outputs of a valid derivation whose paths are known. */
export interface OutputsRecord {
  derivation: ByteString
  names: ByteString[]
  /** In the order of their names. */
  paths: ByteString[]
}

/** Paths that a tab works with. */
export interface HoldRecord {
  paths: ByteString[]
  /** Milliseconds since 1970: a tab that was closed holds nothing for ever. */
  until: number
}

/**
 * To be raised with every change to the layout: 1 had no roots, holds, profiles and outputs. The browser
 * makes the change in one transaction: one that is interrupted has not happened.
 */
const version = 2

/** What a transaction does: all its requests must be made in their callbacks or at once. */
export type Work<T> = (
  store: (name: ObjectStoreName) => IDBObjectStore,
  done: (result: T) => void,
  fail: (error: unknown) => void,
) => void

/**
 * One open database, shared by what keeps data in it. It opens when it is first needed, closes when a
 * newer version of the page wants to change its layout, and is opened anew when the browser closed
 * it.
 */
export class StoreDatabase {
  private opening: Promise<IDBDatabase> | null = null

  constructor(
    private readonly factory: IDBFactory,
    readonly name: string = 'snowglobe-store',
  ) {}

  /**
   * Runs work in one transaction and gives what it passed to `done`, once the data is safe. Whatever
   * goes wrong, nothing of it has happened: a throw in `work` or a call of `fail` aborts it.
   *
   * @throws StoreError, or what `work` threw or passed to `fail`
   */
  async run<T>(
    names: readonly ObjectStoreName[],
    mode: 'readonly' | 'readwrite',
    work: Work<T>,
  ): Promise<T> {
    const database = await this.open()
    return new Promise<T>((resolve, reject) => {
      let result: { value: T } | null = null
      let failure: Error | null = null
      let transaction: IDBTransaction
      try {
        transaction = database.transaction(names, mode, { durability: 'strict' })
      } catch (error) {
        reject(storageError(error))
        return
      }
      const fail = (error: unknown) => {
        failure ??= error instanceof DOMException ? storageError(error) : (error as Error)
        try {
          transaction.abort()
        } catch {
          // It has ended already, which its own events report.
        }
      }
      transaction.oncomplete = () => {
        if (result === null) reject(new StoreError('the browser ended a transaction too early'))
        else resolve(result.value)
      }
      // Its own error is the cause; what failed after that only shows that it had ended.
      transaction.onabort = () => {
        const { error } = transaction
        reject(error !== null || failure === null ? storageError(error) : failure)
      }
      try {
        work(
          (name) => transaction.objectStore(name),
          (value) => {
            result = { value }
          },
          fail,
        )
      } catch (error) {
        // A put that throws at once would leave the transaction to commit what came before it.
        fail(error)
      }
    })
  }

  /**
   * Whether the browser lets this site keep data at all. A database that a newer version of the page
   * has changed counts as usable: using it tells the person to reload.
   */
  async isUsable(): Promise<boolean> {
    try {
      await this.open()
      return true
    } catch (error) {
      return error instanceof StoreError && error.cause === newerVersion
    }
  }

  /** Closes the connection; the next use opens it again. */
  async close(): Promise<void> {
    const opening = this.opening
    this.opening = null
    if (opening !== null) (await opening).close()
  }

  private open(): Promise<IDBDatabase> {
    if (this.opening === null) {
      const opening = this.request()
      this.opening = opening
      opening.catch(() => {
        if (this.opening === opening) this.opening = null
      })
    }
    return this.opening
  }

  private request(): Promise<IDBDatabase> {
    return new Promise((resolve, reject) => {
      let request: IDBOpenDBRequest
      try {
        request = this.factory.open(this.name, version)
      } catch (error) {
        reject(storageError(error))
        return
      }
      request.onupgradeneeded = ({ oldVersion }) => {
        changeLayout(request.result, request.transaction!, oldVersion)
      }
      request.onerror = () => reject(storageError(request.error))
      request.onsuccess = () => {
        const database = request.result
        const forget = () => {
          this.opening = null
        }
        database.onversionchange = () => {
          database.close()
          forget()
        }
        database.onclose = forget
        resolve(database)
      }
    })
  }
}

function changeLayout(
  database: IDBDatabase,
  transaction: IDBTransaction,
  oldVersion: number,
): void {
  if (oldVersion < 1) {
    const paths = database.createObjectStore('paths', { keyPath: 'path' })
    paths.createIndex('references', 'references', { multiEntry: true })
    database.createObjectStore('manifests')
    database.createObjectStore('chunks')
    database.createObjectStore('known', { keyPath: 'path' })
  }
  if (oldVersion < 2) {
    const outputs = database.createObjectStore('outputs', { keyPath: 'derivation' })
    outputs.createIndex('paths', 'paths', { multiEntry: true })
    database.createObjectStore('roots')
    database.createObjectStore('holds', { autoIncrement: true })
    database.createObjectStore('profiles')
    if (oldVersion === 1) recordOutputs(transaction)
  }
}

/** Version 1 did not keep which outputs its derivations have. */
function recordOutputs(transaction: IDBTransaction): void {
  const names = transaction.objectStore('paths').getAllKeys()
  names.onsuccess = () => {
    for (const derivation of names.result as ByteString[]) {
      if (!derivation.endsWith('.drv')) continue
      const manifest = transaction.objectStore('manifests').get(derivation)
      manifest.onsuccess = () => {
        const keys = (manifest.result as string[] | undefined) ?? []
        const pieces: Uint8Array[] = []
        for (const [i, key] of keys.entries()) {
          const piece = transaction.objectStore('chunks').get(key) as IDBRequest<Uint8Array>
          piece.onsuccess = () => {
            pieces[i] = piece.result
            if (i + 1 < keys.length) return
            const record = outputsRecord(derivation, readOutputs(derivation, pieces))
            transaction.objectStore('outputs').put(record)
          }
        }
      }
    }
  }
}

function readOutputs(
  derivation: ByteString,
  pieces: readonly Uint8Array[],
): Map<ByteString, ByteString> {
  try {
    const root = readNar(joinChunks(pieces))
    const text = root.type === 'regular' ? bytesToByteString(root.contents) : ''
    return parseOutputs(derivation.slice(0, derivation.lastIndexOf('/')), derivation, text)
  } catch {
    // What is damaged has no outputs; verifying tells of it.
    return new Map<ByteString, ByteString>()
  }
}

export function outputsRecord(
  derivation: ByteString,
  outputs: ReadonlyMap<ByteString, ByteString>,
): OutputsRecord {
  return { derivation, names: [...outputs.keys()], paths: [...outputs.values()] }
}

const newerVersion = 'newer version'

/** What the browser says, as something a person can act on. */
function storageError(error: unknown): StoreError {
  const name = error instanceof DOMException ? error.name : ''
  switch (name) {
    case 'QuotaExceededError':
      return new StoreError(
        "the browser's storage for this site is full, so nothing was added to the store: free " +
          "disk space or clear this site's data",
      )
    case 'VersionError':
      return new StoreError(
        'a newer version of Snowglobe has changed the store in another tab: reload this page',
        { cause: newerVersion },
      )
    case 'SecurityError':
      return new StoreError(
        'the browser does not let this site store data: allow it in its settings',
      )
    default:
      return new StoreError(`the browser's storage failed: ${describe(error)}`)
  }
}

function describe(error: unknown): string {
  if (error instanceof Error || error instanceof DOMException) {
    return error.message === '' ? error.name : error.message
  }
  return error === null || error === undefined ? 'it gave no reason' : String(error)
}
