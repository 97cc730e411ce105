import { IDBFactory, IDBKeyRange, IDBObjectStore } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Derivation } from '@snowglobe/shared/derivation'
import { formatDerivation } from '@snowglobe/shared/derivation-aterm'
import { hashBytes } from '@snowglobe/shared/hash'
import { defaultStoreDir } from '@snowglobe/shared/store-path'
import { checkEntry } from '../store/check-entry'
import { describeStore, directory, file, sourceEntry, textEntry } from '../store/store.shared-tests'
import { defaultKeepSettings, StoreError, type Store } from '../store/store'
import { StoreDatabase } from './database'
import { IndexedDbStore } from './indexeddb-store'
import { IndexedDbKnownPaths, MemoryKnownPaths, type KnownPath } from './known-paths'

// Browsers have it everywhere.
vi.stubGlobal('IDBKeyRange', IDBKeyRange)

const text = (name: string, contents: string, references: string[] = []) =>
  textEntry(defaultStoreDir, name, contents, references)

const databases = new WeakMap<Store, StoreDatabase>()

describeStore(
  'the IndexedDB store',
  async () => {
    const database = new StoreDatabase(new IDBFactory())
    const store = new IndexedDbStore(defaultStoreDir, database)
    databases.set(store, database)
    return store
  },
  {
    change: (store, path) =>
      databases.get(store)!.run<void>(['manifests', 'chunks'], 'readwrite', (objects, done) => {
        const manifest = objects('manifests').get(path) as IDBRequest<string[]>
        manifest.onsuccess = () => {
          const key = manifest.result[0]
          const chunk = objects('chunks').get(key) as IDBRequest<Uint8Array>
          chunk.onsuccess = () => {
            chunk.result[100] ^= 1
            objects('chunks').put(chunk.result, key)
            done()
          }
        }
      }),
    lose: (store, path) =>
      databases.get(store)!.run<void>(['manifests'], 'readwrite', (objects, done) => {
        objects('manifests').delete(path)
        done()
      }),
  },
)

describe('the IndexedDB store', () => {
  let factory: IDBFactory
  const openTab = () => new IndexedDbStore(defaultStoreDir, new StoreDatabase(factory))

  beforeEach(() => {
    factory = new IDBFactory()
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })

  const countChunks = () =>
    new StoreDatabase(factory).run<number>(['chunks'], 'readonly', (store, done) => {
      const request = store('chunks').count()
      request.onsuccess = () => done(request.result)
    })

  it('survives a reload', async () => {
    const entry = text('greeting', 'hello')
    await openTab().add([entry])
    const tab = openTab()
    expect(await tab.allValidPaths()).toEqual([entry.info.path])
    expect((await tab.allPathInfos())[0]).toMatchObject({ narSize: entry.nar.length })
    expect(await tab.narFromPath(entry.info.path)).toEqual(entry.nar)
  })

  it('is whole after two tabs have added to it at the same time', async () => {
    const tabs = [openTab(), openTab()]
    const base = text('base', 'x')
    const entries = Array.from({ length: 40 }, (_, i) =>
      text(`entry-${i}`, String(i), [base.info.path]),
    )
    await Promise.all(tabs.flatMap((tab) => entries.map((entry) => tab.add([base, entry]))))
    const third = openTab()
    expect((await third.allValidPaths()).length).toBe(41)
    expect((await third.queryReferrers(base.info.path)).length).toBe(40)
    for (const { info, nar } of entries) {
      expect(await third.narFromPath(info.path)).toEqual(nar)
    }
  })

  it('keeps the first of two different outputs that two tabs add at once', async () => {
    const path = `${defaultStoreDir}/${'a'.repeat(32)}-output`
    const entry = (contents: string) => ({
      info: { path, references: [] },
      nar: text('x', contents).nar,
    })
    await Promise.all([openTab().add([entry('first')]), openTab().add([entry('second')])])
    const info = await openTab().queryPathInfo(path)
    const nar = await openTab().narFromPath(path)
    expect(nar.length).toBe(info?.narSize)
    await openTab().add([
      { info: { path: `${path}-copy`, references: [], narHash: info?.narHash }, nar },
    ])
  })

  it('keeps equal pieces of contents once', async () => {
    const large = { ...file(''), contents: new Uint8Array(4 * 1024 * 1024) }
    await openTab().add([sourceEntry(defaultStoreDir, 'zeros', directory({ large }))])
    expect(await countChunks()).toBeLessThan(5)
  })

  it('has nothing of a call that runs out of space, and says what to do', async () => {
    const tab = openTab()
    await tab.add([text('before', 'x')])
    const chunks = await countChunks()
    const original = IDBObjectStore.prototype.put
    let puts = 0
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
      this: IDBObjectStore,
      ...args: Parameters<typeof original>
    ) {
      // The information is written, then the disk is full.
      if (++puts > 3) throw new DOMException('disk full', 'QuotaExceededError')
      return original.apply(this, args)
    })
    const failing = tab.add([text('one', '1'), text('two', '2')])
    await expect(failing).rejects.toBeInstanceOf(StoreError)
    await expect(failing).rejects.toThrow("the browser's storage for this site is full")
    expect(puts).toBe(4)
    vi.restoreAllMocks()
    expect((await tab.allValidPaths()).length).toBe(1)
    expect(await countChunks()).toBe(chunks)
    await tab.add([text('one', '1'), text('two', '2')])
    expect((await tab.allValidPaths()).length).toBe(3)
  })

  it('has nothing of a call whose transaction the browser ends for lack of space', async () => {
    const original = IDBObjectStore.prototype.put
    let puts = 0
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
      this: IDBObjectStore,
      ...args: Parameters<typeof original>
    ) {
      const request = original.apply(this, args)
      // As browsers do that find out when they write.
      if (++puts === 4) {
        const transaction = this.transaction as unknown as { _abort(name: string): void }
        transaction._abort('QuotaExceededError')
      }
      return request
    })
    const tab = openTab()
    await expect(tab.add([text('one', '1'), text('two', '2')])).rejects.toThrow(
      "the browser's storage for this site is full",
    )
    vi.restoreAllMocks()
    expect(await tab.allValidPaths()).toEqual([])
    expect(await countChunks()).toBe(0)
  })

  it('makes room for a newer version of itself, and then asks for a reload', async () => {
    const tab = openTab()
    await tab.add([text('greeting', 'hello')])
    await new Promise<void>((resolve, reject) => {
      const request = factory.open('snowglobe-store', 99)
      request.onsuccess = () => resolve()
      request.onblocked = () => reject(new Error('the old tab did not close its connection'))
    })
    await expect(tab.allValidPaths()).rejects.toThrow('reload this page')
    expect(await new StoreDatabase(factory).isUsable()).toBe(true)
  })

  describe('made by the first version of the page', () => {
    const { path: output } = text('output', 'x').info
    const derivation: Derivation = {
      name: 'made',
      outputs: new Map([['out', { path: output, hashAlgorithm: '', hash: '' }]]),
      inputDerivations: new Map(),
      inputSources: new Set(),
      system: 's',
      builder: 'b',
      args: [],
      environment: new Map(),
    }
    const entries = [
      text('made.drv', formatDerivation(derivation)),
      text('broken.drv', 'no derivation'),
      sourceEntry(defaultStoreDir, 'large', {
        type: 'regular',
        executable: false,
        contents: new Uint8Array(1_200_000).fill(3),
      }),
    ]

    /** The layout and the data as they were then. */
    const makeFirstVersion = async () => {
      const request = factory.open('snowglobe-store', 1)
      request.onupgradeneeded = () => {
        const paths = request.result.createObjectStore('paths', { keyPath: 'path' })
        paths.createIndex('references', 'references', { multiEntry: true })
        for (const name of ['manifests', 'chunks']) request.result.createObjectStore(name)
        request.result.createObjectStore('known', { keyPath: 'path' })
      }
      const database = await new Promise<IDBDatabase>((resolve) => {
        request.onsuccess = () => resolve(request.result)
      })
      const transaction = database.transaction(['paths', 'manifests', 'chunks'], 'readwrite')
      for (const entry of entries) {
        const info = checkEntry(defaultStoreDir, entry)
        transaction.objectStore('paths').put(info)
        const keys: string[] = []
        for (let start = 0; start < entry.nar.length; start += 1024 * 1024) {
          const key = `${info.path} ${start}`
          transaction.objectStore('chunks').put(entry.nar.slice(start, start + 1024 * 1024), key)
          keys.push(key)
        }
        transaction.objectStore('manifests').put(keys, info.path)
      }
      await new Promise<unknown>((resolve) => (transaction.oncomplete = resolve))
      database.close()
    }

    const expectAll = async (tab: IndexedDbStore) => {
      const hashOf = async (path: string) => hashBytes('sha256', await tab.narFromPath(path))
      for (const { info, nar } of entries)
        expect(await hashOf(info.path)).toEqual(hashBytes('sha256', nar))
      expect(await tab.queryValidDerivers(output)).toEqual([entries[0]!.info.path])
      expect(await tab.roots()).toEqual([])
      await tab.setRoot('kept', entries[2]!.info.path)
      expect((await tab.collectGarbage(defaultKeepSettings)).deleted.length).toBe(2)
      expect(await hashOf(entries[2]!.info.path)).toEqual(hashBytes('sha256', entries[2]!.nar))
    }

    it('is taken over with all it has', async () => {
      await makeFirstVersion()
      await expectAll(openTab())
    })

    it('is as it was when taking it over was interrupted, and is taken over later', async () => {
      await makeFirstVersion()
      vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
        throw new DOMException('disk full', 'QuotaExceededError')
      })
      await expect(openTab().allValidPaths()).rejects.toBeInstanceOf(StoreError)
      vi.restoreAllMocks()
      await expectAll(openTab())
    })
  })

  it('collects garbage while another tab adds, and takes nothing from it', async () => {
    const base = text('base', 'x')
    await openTab().add([base])
    const added = Array.from({ length: 20 }, (_, i) => [
      base,
      text(`entry-${i}`, 'y', [base.info.path]),
    ])
    const [tab, other] = [openTab(), openTab()]
    await Promise.all([
      ...added.map((entries) => other.add(entries).catch(() => undefined)),
      ...added.map(() => tab.collectGarbage(defaultKeepSettings)),
    ])
    const valid = new Set(await openTab().allValidPaths())
    for (const { path, references } of await openTab().allPathInfos()) {
      expect(references.every((reference) => valid.has(reference))).toBe(true)
      await tab.narFromPath(path)
    }
    await tab.collectGarbage(defaultKeepSettings)
    expect(await countChunks()).toBe(0)
  })

  it('keeps files that are in two paths once', async () => {
    const contents = new Uint8Array(2_000_000).map((_, i) => (i * 7) ^ (i >> 9))
    const tree = (name: string) =>
      sourceEntry(
        defaultStoreDir,
        name,
        directory({ [name]: file(name), large: { type: 'regular', executable: false, contents } }),
      )
    await openTab().add([tree('one')])
    const before = await countChunks()
    await openTab().add([tree('other')])
    // Only what follows the large file differs.
    expect(await countChunks()).toBe(before + 1)
  })

  it('forgets holds of tabs that are long gone', async () => {
    const entry = text('held', 'x')
    const tab = openTab()
    await tab.add([entry])
    await tab.hold([entry.info.path])
    expect((await openTab().collectGarbage(defaultKeepSettings)).deleted).toEqual([])
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 24 * 60 * 60 * 1000)
    expect((await openTab().collectGarbage(defaultKeepSettings)).deleted).toEqual([entry.info.path])
  })

  it('opens anew when its connection was closed', async () => {
    const database = new StoreDatabase(factory)
    const tab = new IndexedDbStore(defaultStoreDir, database)
    await tab.add([text('greeting', 'hello')])
    await database.close()
    expect((await tab.allValidPaths()).length).toBe(1)
  })

  it('notices that a piece of some contents is gone', async () => {
    const entry = text('greeting', 'hello')
    const tab = openTab()
    await tab.add([entry])
    await new StoreDatabase(factory).run<null>(['chunks'], 'readwrite', (store, done) => {
      store('chunks').clear()
      done(null)
    })
    await expect(tab.narFromPath(entry.info.path)).rejects.toThrow(
      `the contents of '${entry.info.path}' are damaged`,
    )
  })

  it('says so where the browser refuses storage', async () => {
    const refusing = {
      open: () => {
        throw new DOMException('denied', 'SecurityError')
      },
    } as unknown as IDBFactory
    const tab = new IndexedDbStore(defaultStoreDir, new StoreDatabase(refusing))
    await expect(tab.allValidPaths()).rejects.toThrow('does not let this site store data')
    expect(await new StoreDatabase(refusing).isUsable()).toBe(false)
    expect(await new StoreDatabase(factory).isUsable()).toBe(true)
  })
})

describe.each([
  ['IndexedDB', () => new IndexedDbKnownPaths(new StoreDatabase(new IDBFactory()))],
  ['memory', () => new MemoryKnownPaths()],
])('known paths in %s', (_, make) => {
  const known = (letter: string, url: string): KnownPath => ({
    path: `${defaultStoreDir}/${letter.repeat(32)}-x`,
    narHash: new Uint8Array(32),
    narSize: 112,
    references: [],
    deriver: null,
    contentAddress: null,
    signatures: ['key:sig'],
    registrationTime: 0,
    ultimate: false,
    url,
    compression: 'none',
  })

  it('are remembered, the last word counting', async () => {
    const paths = make()
    const [a, b] = [known('a', 'nar/a'), known('b', 'nar/b')]
    expect(await paths.query(a.path)).toBeNull()
    await paths.add([a, b])
    await paths.add([{ ...a, url: 'nar/new' }])
    expect(await paths.query(a.path)).toEqual({ ...a, url: 'nar/new' })
    expect((await paths.all()).map(({ path }) => path)).toEqual([a.path, b.path])
  })
})
