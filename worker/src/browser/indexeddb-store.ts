import { type ByteString } from '@snowglobe/shared/bytes'
import { checkEntry, checkReferences, outputsOfEntry } from '../store/check-entry'
import { cutNar, joinChunks, type Chunk } from '../store/chunks'
import { planDeletion, stillAlive } from '../store/garbage'
import { emptyProfile, type Profile } from '../store/profile'
import { checkRootName, rootsOf } from '../store/root-list'
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
} from '../store/store'
import { StoreGraph } from '../store/store-graph'
import { checkRepair, verifyContents } from '../store/verify-contents'
import { outputsRecord, type HoldRecord, type OutputsRecord, type StoreDatabase } from './database'
import {
  deleteUnusedChunks,
  hasContents,
  putContents,
  readContents,
  replaceContents,
  type Stores,
} from './indexeddb-contents'
import { gather, readEntries, whichExist } from './indexeddb-requests'

/** A hold that is not released ends by itself: longer than any build may take. */
const holdMilliseconds = 60 * 60 * 1000

/** What keeps paths: permanent roots, holds, profiles. */
const rootStores = ['roots', 'holds', 'profiles'] as const

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

  allValidPaths(): Promise<ByteString[]> {
    return this.database.run(['paths'], 'readonly', (store, done) => {
      const request = store('paths').getAllKeys()
      request.onsuccess = () => done(request.result as ByteString[])
    })
  }

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

  queryDerivationOutputs(path: ByteString): Promise<Map<ByteString, ByteString>> {
    return this.database.run(['outputs'], 'readonly', (store, done) => {
      const request = store('outputs').get(path) as IDBRequest<OutputsRecord | undefined>
      request.onsuccess = () => done(outputsOf(request.result))
    })
  }

  queryValidDerivers(path: ByteString): Promise<ByteString[]> {
    return this.database.run(['outputs'], 'readonly', (store, done) => {
      const request = store('outputs').index('paths').getAllKeys(path)
      request.onsuccess = () => done((request.result as ByteString[]).sort())
    })
  }

  queryPathFromHashPart(hashPart: string): Promise<ByteString | null> {
    const prefix = `${this.storeDir}/${hashPart}-`
    return this.database.run(['paths'], 'readonly', (store, done) => {
      const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`)
      const request = store('paths').getAllKeys(range, 1)
      request.onsuccess = () => done((request.result[0] as ByteString | undefined) ?? null)
    })
  }

  graph(): Promise<StoreGraph> {
    return this.database.run(['paths', 'outputs'], 'readonly', (store, done) => {
      gather([store('paths').getAll(), store('outputs').getAll()], ([infos, outputs]) =>
        done(graphOf(infos as PathInfo[], outputs as OutputsRecord[])),
      )
    })
  }

  async add(entries: readonly StoreEntry[]): Promise<void> {
    // Whoever does not wait for this goes first with what there is to tell.
    await new Promise((resolve) => setTimeout(resolve))
    // Hashing happens outside the transaction: it would keep other tabs waiting. What turns out to
    // be there already is then left alone inside it.
    const present = await this.queryValidPaths(entries.map(({ info }) => info.path))
    const added = new Map<ByteString, PathInfo>()
    const chunks = new Map<ByteString, Chunk[]>()
    const outputs = new Map<ByteString, OutputsRecord>()
    for (const entry of entries) {
      const { path } = entry.info
      if (present.has(path) || added.has(path)) continue
      const info = checkEntry(this.storeDir, entry)
      added.set(path, info)
      chunks.set(path, cutNar(entry.nar, info.narHash))
      if (path.endsWith('.drv')) {
        outputs.set(path, outputsRecord(path, outputsOfEntry(this.storeDir, entry)))
      }
    }
    if (added.size === 0) return
    const outside = new Set<ByteString>()
    for (const { references } of added.values()) {
      for (const reference of references) if (!added.has(reference)) outside.add(reference)
    }
    await this.database.run<undefined>(
      ['paths', 'manifests', 'chunks', 'outputs'],
      'readwrite',
      (store, done, fail) => {
        whichExist(store('paths'), [...added.keys(), ...outside], (valid) => {
          try {
            checkReferences(added, (path) => valid.has(path))
            for (const [path, info] of added) {
              if (valid.has(path)) continue
              store('paths').put(info)
              putContents(store, path, chunks.get(path) ?? [], fail)
              const record = outputs.get(path)
              if (record !== undefined) store('outputs').put(record)
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
      (store, done, fail) => readContents(store, path, done, fail),
    )
    return joinChunks(pieces)
  }

  roots(): Promise<Root[]> {
    return this.database.run(rootStores, 'readonly', (store, done) => {
      readRoots(store, (roots) => done(roots))
    })
  }

  setRoot(name: ByteString, path: ByteString | null): Promise<void> {
    return this.database.run<void>(['paths', 'roots'], 'readwrite', (store, done, fail) => {
      checkRootName(name)
      if (path === null) {
        store('roots').delete(name)
        done()
        return
      }
      whichExist(store('paths'), [path], (valid) => {
        if (!valid.has(path)) return fail(new StoreError(`path '${path}' is not valid`))
        store('roots').put(path, name)
        done()
      })
    })
  }

  async hold(paths: readonly ByteString[]): Promise<Hold> {
    const record: HoldRecord = { paths: [...paths], until: Date.now() + holdMilliseconds }
    const key = await this.database.run<IDBValidKey>(['holds'], 'readwrite', (store, done) => {
      const request = store('holds').add(record)
      request.onsuccess = () => done(request.result)
    })
    return {
      release: () =>
        this.database.run<void>(['holds'], 'readwrite', (store, done) => {
          store('holds').delete(key)
          done()
        }),
    }
  }

  /** One transaction: what is added by another tab comes wholly before or wholly after it. */
  async collectGarbage(options: GarbageOptions): Promise<CollectedGarbage> {
    const names = ['paths', 'manifests', 'chunks', 'outputs', ...rootStores] as const
    const { collected, inUse } = await this.database.run<{
      collected: CollectedGarbage
      inUse: ByteString | null
    }>(names, 'readwrite', (store, done) => {
      gather([store('paths').getAll(), store('outputs').getAll()], ([infos, outputs]) => {
        const graph = graphOf(infos as PathInfo[], outputs as OutputsRecord[])
        readRoots(store, (roots) => {
          const pathsOf = (held: boolean) =>
            roots.filter(({ kind }) => (kind === 'temporary') === held).map(({ path }) => path)
          const { dead, inUse } = planDeletion(graph, pathsOf(false), pathsOf(true), options)
          const collected: CollectedGarbage = { deleted: [], bytesFreed: 0 }
          for (const path of dead) {
            if (collected.bytesFreed > (options.maxFreed ?? Infinity)) break
            options.onDelete?.(path)
            forget(store, path)
            collected.deleted.push(path)
            collected.bytesFreed += graph.node(path).narSize
          }
          deleteUnusedChunks(store)
          done({ collected, inUse })
        })
      })
    })
    if (inUse !== null) throw stillAlive(inUse)
    return collected
  }

  verify(options: VerifyOptions): Promise<Damage[]> {
    return verifyContents(
      this,
      {
        isThere: (path) =>
          this.database.run(['manifests', 'chunks'], 'readonly', (store, done) =>
            hasContents(store, path, done),
          ),
        read: (path) => this.narFromPath(path),
        forget: (path) =>
          this.database.run<void>(['paths', 'manifests', 'outputs'], 'readwrite', (store, done) => {
            forget(store, path)
            done()
          }),
      },
      options,
    )
  }

  async repair(path: ByteString, nar: Uint8Array): Promise<void> {
    checkRepair(await this.queryPathInfo(path), path, nar)
    const chunks = cutNar(nar)
    await this.database.run<void>(['manifests', 'chunks'], 'readwrite', (store, done) => {
      replaceContents(store, path, chunks)
      done()
    })
  }

  profiles(): Promise<Map<string, Profile>> {
    return this.database.run(['profiles'], 'readonly', (store, done) => {
      readEntries<Profile>(store('profiles'), (profiles) => done(new Map(profiles)))
    })
  }

  changeProfile(name: string, change: (profile: Profile) => Profile): Promise<Profile> {
    return this.database.run<Profile>(['profiles', 'paths'], 'readwrite', (store, done, fail) => {
      checkRootName(name)
      const request = store('profiles').get(name) as IDBRequest<Profile | undefined>
      request.onsuccess = () => {
        try {
          const profile = change(request.result ?? emptyProfile)
          const paths = profile.generations.map(({ path }) => path)
          whichExist(store('paths'), paths, (valid) => {
            const missing = paths.find((path) => !valid.has(path))
            if (missing !== undefined) fail(new StoreError(`path '${missing}' is not valid`))
            else {
              store('profiles').put(profile, name)
              done(profile)
            }
          })
        } catch (error) {
          fail(error)
        }
      }
    })
  }
}

function graphOf(infos: readonly PathInfo[], records: readonly OutputsRecord[]): StoreGraph {
  return new StoreGraph(
    new Map(infos.map((info) => [info.path, info])),
    new Map(records.map((record) => [record.derivation, outputsOf(record)])),
  )
}

function outputsOf(record: OutputsRecord | undefined): Map<ByteString, ByteString> {
  return new Map(record?.names.map((name, i) => [name, record.paths[i]]))
}

function readRoots(store: Stores, done: (roots: Root[]) => void): void {
  readEntries<ByteString>(store('roots'), (permanent) => {
    readEntries<Profile>(store('profiles'), (profiles) => {
      const holds = store('holds').getAll() as IDBRequest<HoldRecord[]>
      holds.onsuccess = () => {
        const open = holds.result.filter(({ until }) => until > Date.now())
        done(
          rootsOf(
            permanent,
            profiles,
            open.flatMap(({ paths }) => paths),
          ),
        )
      }
    })
  })
}

function forget(store: Stores, path: ByteString): void {
  for (const name of ['paths', 'manifests', 'outputs'] as const) store(name).delete(path)
}
