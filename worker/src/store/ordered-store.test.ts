import { describe, expect, it } from 'vitest'
import { defaultStoreDir } from '@snowglobe/shared/store-path'
import { MemoryStore } from './memory-store'
import { orderedStore } from './ordered-store'
import { defaultKeepSettings, StoreError, type Store, type StoreEntry } from './store'
import { describeStore, textEntry } from './store.shared-tests'

describeStore('an ordered store', async () => orderedStore(new MemoryStore(defaultStoreDir)), {
  change: async (store, path) => {
    const { manifests, chunks } = store as unknown as {
      manifests: Map<string, string[]>
      chunks: Map<string, Uint8Array>
    }
    chunks.get(manifests.get(path)![0])![100] ^= 1
  },
  lose: async (store, path) => {
    ;(store as unknown as { manifests: Map<string, string[]> }).manifests.delete(path)
  },
})

/** A store that adds only when it is let. */
class HeldUpStore extends MemoryStore {
  readonly goOn: (() => void)[] = []

  override async add(entries: readonly StoreEntry[]): Promise<void> {
    await new Promise<void>((resolve) => this.goOn.push(resolve))
    await super.add(entries)
  }
}

describe('a store that adds slowly, in order', () => {
  const entry = textEntry(defaultStoreDir, 'text', 'x')
  const { path } = entry.info
  const next = textEntry(defaultStoreDir, 'next', path, [path])

  /** Everything that may be asked of a store, which has one path, and what is answered then. */
  const questions: [string, (store: Store) => Promise<unknown>, unknown][] = [
    ['queryPathInfo', (store) => store.queryPathInfo(path), { path }],
    ['queryValidPaths', (store) => store.queryValidPaths([path]), new Set([path])],
    ['allValidPaths', (store) => store.allValidPaths(), [path]],
    ['allPathInfos', (store) => store.allPathInfos(), [{ path }]],
    [
      'queryPathFromHashPart',
      (store) => store.queryPathFromHashPart(path.slice(defaultStoreDir.length + 1).slice(0, 32)),
      path,
    ],
    ['graph', async (store) => (await store.graph()).isValid(path), true],
    ['narFromPath', (store) => store.narFromPath(path), entry.nar],
    ['setRoot', (store) => store.setRoot('kept', path), undefined],
    ['collectGarbage', (store) => store.collectGarbage(defaultKeepSettings), { deleted: [path] }],
    ['verify', (store) => store.verify({ checkContents: true }), []],
    ['repair', (store) => store.repair(path, entry.nar), undefined],
    [
      'changeProfile',
      (store) =>
        store.changeProfile('p', () => ({
          current: 1,
          generations: [{ number: 1, path, created: 0 }],
        })),
      { current: 1 },
    ],
  ]

  it.each(questions)('answers %s after what was added before', async (_, ask, expected) => {
    const slow = new HeldUpStore(defaultStoreDir)
    const store = orderedStore(slow)
    const added = store.add([entry])
    let isAnswered = false
    const answer = ask(store).finally(() => (isAnswered = true))
    await new Promise((resolve) => setTimeout(resolve))
    expect(isAnswered).toBe(false)
    slow.goOn[0]()
    const found = await answer
    if (typeof expected === 'object') expect(found).toMatchObject(expected as object)
    else expect(found).toBe(expected)
    await added
  })

  it('adds one after the other, and waits for all of them', async () => {
    const slow = new HeldUpStore(defaultStoreDir)
    const store = orderedStore(slow)
    const added = [store.add([entry]), store.add([next])]
    const paths = store.allValidPaths()
    await new Promise((resolve) => setTimeout(resolve))
    expect(slow.goOn).toHaveLength(1)
    slow.goOn[0]()
    await expect.poll(() => slow.goOn).toHaveLength(2)
    slow.goOn[1]()
    await Promise.all(added)
    expect(new Set(await paths)).toEqual(new Set([path, next.info.path]))
  })

  it('tells of what cannot be added who added it, and goes on', async () => {
    const store = orderedStore(new MemoryStore(defaultStoreDir))
    const added = store.add([next])
    expect(await store.allValidPaths()).toEqual([])
    await expect(added).rejects.toBeInstanceOf(StoreError)
    await store.add([entry, next])
    expect(await store.queryReferrers(path)).toEqual([next.info.path])
  })
})
