import { beforeEach, describe, expect, it } from 'vitest'
import { defaultStoreDir } from '@snowglobe/shared/store-path'
import { MemoryStore } from '../store/memory-store'
import { textEntry } from '../store/store-entries'
import { MemoryKnownPaths } from './known-paths'
import { StoreDesk } from './store-desk'

describe('the store, as the page asks of it', () => {
  let store: MemoryStore
  let known: MemoryKnownPaths
  let desk: StoreDesk
  let a: string
  let b: string
  let c: string

  beforeEach(async () => {
    store = new MemoryStore(defaultStoreDir)
    known = new MemoryKnownPaths()
    desk = new StoreDesk(store, known)
    const first = textEntry(defaultStoreDir, 'a?b=c', 'x')
    const second = textEntry(defaultStoreDir, 'b', `see ${first.info.path}`, [first.info.path])
    const third = textEntry(defaultStoreDir, 'c', second.info.path, [second.info.path])
    await store.add([first, second, third])
    ;[a, b, c] = [first, second, third].map(({ info }) => info.path) as [string, string, string]
  })

  it('tells what surrounds a path', async () => {
    await desk.keep(c, true)
    const details = (await desk.details(b))!
    expect(details).toMatchObject({
      path: b,
      references: [a],
      refersToItself: false,
      referrers: [c],
      closure: [a, b],
      deriver: null,
      outputs: [],
      kept: false,
      keptBy: [{ path: c, kind: 'permanent' }],
    })
    expect(details.closureSize).toBeGreaterThan(details.narSize)
    expect(await desk.details(`${defaultStoreDir}/${'a'.repeat(32)}-absent`)).toBeNull()
  })

  it('keeps paths and lets them go, whatever their names', async () => {
    await desk.keep(a, true)
    expect((await desk.details(a))!.kept).toBe(true)
    const [root] = await desk.roots()
    expect(root).toMatchObject({ path: a, kind: 'permanent' })
    await desk.removeRoot(root!.name)
    expect((await desk.details(a))!.kept).toBe(false)
    await desk.keep(a, true)
    await desk.keep(a, false)
    expect(await desk.roots()).toEqual([])
  })

  it('keeps what was built last, and no more what was built before', async () => {
    await desk.keepResults([a, b])
    expect((await desk.roots()).map(({ name, path }) => [name, path])).toEqual([
      ['result', a],
      ['result-2', b],
    ])
    await desk.keepResults([c])
    expect((await desk.roots()).map(({ name, path }) => [name, path])).toEqual([['result', c]])
  })

  it('says beforehand what a collection deletes', async () => {
    await desk.keep(a, true)
    const preview = await desk.previewGarbage()
    expect(preview.live).toBe(1)
    expect(preview.dead.map(({ path }) => path)).toEqual([c, b])
    expect(preview.deadSize).toBe(preview.dead.reduce((sum, { narSize }) => sum + narSize, 0))
    const collected = await desk.collectGarbage()
    expect(collected).toEqual({ deleted: [c, b], bytesFreed: preview.deadSize })
    expect((await desk.previewGarbage()).dead).toEqual([])
  })

  it('says why one path depends on another', async () => {
    const steps = await desk.whyDepends(c, a)
    expect(steps!.map(({ from, to }) => [from, to])).toEqual([
      [c, b],
      [b, a],
    ])
    expect(steps![1]!.occurrences).toEqual([
      { file: '', where: 'contents', offset: 15, context: `see ${a}` },
    ])
    expect(await desk.whyDepends(a, c)).toBeNull()
  })

  it('compares closures, also of what only a cache has', async () => {
    const path = `${defaultStoreDir}/${'k'.repeat(32)}-c`
    const info = (await store.queryPathInfo(c))!
    await known.add([{ ...info, path, references: [a], url: '', compression: 'none' }])
    const { packages, sizes } = await desk.compare(c, path)
    expect(packages.map(({ name, versions }) => [name, versions])).toEqual([
      ['b', 'ε → ∅'],
      ['c', ''],
    ])
    const [before, after] = sizes
    expect(before - after).toBe((await store.queryPathInfo(b))!.narSize)
    expect((await desk.compare(c, c)).packages).toEqual([])
  })

  it('finds no damage where there is none', async () => {
    expect(await desk.verify()).toEqual([])
  })
})
