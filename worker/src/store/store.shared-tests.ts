import { beforeEach, describe, expect, it } from 'vitest'
import { formatContentAddress, type ContentAddress } from '@snowglobe/shared/content-address'
import { hashBytes } from '@snowglobe/shared/hash'
import { writeNar, type NarNode } from '@snowglobe/shared/nar'
import { makeFixedOutputPath } from '@snowglobe/shared/store-path'
import { StoreError, type Store, type StoreEntry } from './store'
import { directory, file, outputEntry, sourceEntry, textEntry } from './store-entries'
import { describeKeeping, type Harm } from './store-keeping.shared-tests'

export { directory, file, outputEntry, sourceEntry, textEntry } from './store-entries'

/**
 * What every store must do. `makeStore` gives a new, empty store each time, with any store
 * directory; `harm` damages what is in one.
 */
export function describeStore(name: string, makeStore: () => Promise<Store>, harm: Harm): void {
  describe(name, () => {
    describeKeeping(makeStore, harm)

    let store: Store
    let storeDir: string
    const text = (name: string, contents: string, references: string[] = []) =>
      textEntry(storeDir, name, contents, references)
    const source = (name: string, node: NarNode, references: string[] = []) =>
      sourceEntry(storeDir, name, node, references)
    const output = (letter: string, node: NarNode, references: string[] = []) =>
      outputEntry(storeDir, letter, node, references)

    beforeEach(async () => {
      store = await makeStore()
      storeDir = store.storeDir
    })

    const expectRefused = async (entries: StoreEntry[], message: string | RegExp) => {
      const before = await store.allValidPaths()
      const failure = store.add(entries)
      await expect(failure).rejects.toBeInstanceOf(StoreError)
      await expect(failure).rejects.toThrow(message)
      expect(await store.allValidPaths()).toEqual(before)
    }

    it('is empty at first', async () => {
      const { path } = text('absent', 'x').info
      expect(await store.allValidPaths()).toEqual([])
      expect(await store.queryPathInfo(path)).toBeNull()
      expect(await store.queryReferrers(path)).toEqual([])
      await expect(store.narFromPath(path)).rejects.toThrow(`path '${path}' is not valid`)
    })

    it('gives back what was added, with hash and size of the NAR', async () => {
      const entry = text('greeting', 'hello')
      const before = Math.floor(Date.now() / 1000)
      await store.add([entry])
      const info = await store.queryPathInfo(entry.info.path)
      expect(info).toMatchObject({
        path: entry.info.path,
        narSize: entry.nar.length,
        references: [],
        deriver: null,
        contentAddress: entry.info.contentAddress,
        signatures: [],
        ultimate: false,
      })
      expect(Array.from(info!.narHash)).toEqual(Array.from(hashBytes('sha256', entry.nar)))
      expect(info!.registrationTime).toBeGreaterThanOrEqual(before)
      expect(info!.registrationTime).toBeLessThanOrEqual(Math.ceil(Date.now() / 1000))
    })

    it('keeps deriver, signatures and origin of a built output', async () => {
      const deriver = text('made.drv', 'Derive').info.path
      const entry = output('b', file('built'))
      entry.info = { ...entry.info, deriver, signatures: ['key-1:c2ln', 'key-2:c2ln'] }
      await store.add([entry])
      expect(await store.queryPathInfo(entry.info.path)).toMatchObject({
        deriver,
        signatures: ['key-1:c2ln', 'key-2:c2ln'],
        ultimate: true,
        contentAddress: null,
      })
    })

    it('gives back the NAR byte for byte, whatever it holds', async () => {
      const everyByte = Uint8Array.from({ length: 256 }, (_, i) => i)
      const large = new Uint8Array(3 * 1024 * 1024 + 7).map((_, i) => (i * 31) ^ (i >> 8))
      const entry = source(
        'tree',
        directory({
          empty: directory({}),
          'every byte': { type: 'regular', executable: false, contents: everyByte },
          large: { type: 'regular', executable: true, contents: large },
          link: { type: 'symlink', target: '../caf\xc3\xa9' },
          'caf\xe9': file('a name that is not UTF-8'),
        }),
      )
      await store.add([entry])
      const nar = await store.narFromPath(entry.info.path)
      expect(nar.length).toBe(entry.nar.length)
      expect(hashBytes('sha256', nar)).toEqual(hashBytes('sha256', entry.nar))
    })

    it('takes references that are valid', async () => {
      const dependency = text('dependency', 'x')
      const dependent = text('dependent', dependency.info.path, [dependency.info.path])
      await store.add([dependency])
      await store.add([dependent])
      expect((await store.queryPathInfo(dependent.info.path))?.references).toEqual([
        dependency.info.path,
      ])
    })

    it('takes references that are added in the same call, in any order', async () => {
      const dependency = text('dependency', 'x')
      const dependent = text('dependent', dependency.info.path, [dependency.info.path])
      await store.add([dependent, dependency])
      expect(await store.allValidPaths()).toEqual(
        [dependency.info.path, dependent.info.path].sort(),
      )
    })

    it('takes outputs that refer to themselves and to each other', async () => {
      const paths = ['a', 'b'].map((letter) => output(letter, file('')).info.path)
      await store.add([output('a', file(paths[1]), paths), output('b', file(paths[0]), paths)])
      expect((await store.queryPathInfo(paths[0]))?.references).toEqual(paths)
      expect(await store.queryReferrers(paths[0])).toEqual([paths[1]])
    })

    it('refuses a reference that is not valid, by name', async () => {
      const missing = text('missing', 'x').info.path
      const entry = text('dependent', missing, [missing])
      await expectRefused(
        [entry],
        `cannot add '${entry.info.path}': its reference '${missing}' is not valid`,
      )
    })

    it('sorts references and drops repeated ones', async () => {
      const [a, b] = [text('a', '1'), text('b', '2')]
      const sorted = [a.info.path, b.info.path].sort()
      const entry = output('d', file(''))
      entry.info = { ...entry.info, references: [sorted[1], sorted[0], sorted[1]] }
      await store.add([a, b, entry])
      expect((await store.queryPathInfo(entry.info.path))?.references).toEqual(sorted)
    })

    it('knows who refers to a path, but not that it refers to itself', async () => {
      const a = text('a', 'x')
      const b = text('b', a.info.path, [a.info.path])
      const c = output('c', file(''), [a.info.path, output('c', file('')).info.path])
      await store.add([a, b, c])
      expect((await store.queryReferrers(a.info.path)).sort()).toEqual(
        [b.info.path, c.info.path].sort(),
      )
      expect(await store.queryReferrers(c.info.path)).toEqual([])
    })

    it('picks the valid ones of many paths', async () => {
      const [a, b, c] = ['a', 'b', 'c'].map((name) => text(name, name))
      await store.add([a, c])
      expect(await store.queryValidPaths([a, b, c].map(({ info }) => info.path))).toEqual(
        new Set([a.info.path, c.info.path]),
      )
      expect(await store.queryValidPaths([])).toEqual(new Set())
    })

    it('changes nothing when a valid path is added again', async () => {
      const first = output('a', file('first'))
      const second = output('a', file('second'))
      await store.add([first])
      const info = await store.queryPathInfo(first.info.path)
      await store.add([second])
      expect(await store.queryPathInfo(first.info.path)).toEqual(info)
      expect(await store.narFromPath(first.info.path)).toEqual(first.nar)
    })

    it('adds all paths of a call or none', async () => {
      const good = text('good', 'x')
      const bad = text('bad', 'x')
      await expectRefused(
        [good, { ...bad, info: { ...bad.info, narHash: new Uint8Array(32) } }],
        'NAR hash mismatch',
      )
      expect(await store.queryPathInfo(good.info.path)).toBeNull()
      await expect(store.narFromPath(good.info.path)).rejects.toThrow('is not valid')
      await store.add([good, bad])
      expect((await store.allValidPaths()).length).toBe(2)
    })

    it('refuses contents that do not have the hash given', async () => {
      const entry = output('a', file('x'))
      await expectRefused(
        [{ ...entry, info: { ...entry.info, narHash: hashBytes('sha256', 'else') } }],
        `NAR hash mismatch in '${entry.info.path}'`,
      )
      const narHash = hashBytes('sha256', entry.nar)
      await store.add([{ ...entry, info: { ...entry.info, narHash } }])
    })

    it('refuses a text that is not what its path says', async () => {
      const entry = text('greeting', 'hello')
      await expectRefused(
        [{ ...entry, nar: writeNar(file('forged')) }],
        `'${entry.info.path}' is not what its content address says`,
      )
    })

    it('refuses a content-addressed path that its contents do not make', async () => {
      const honest = text('greeting', 'hello')
      const path = text('greeting', 'else').info.path
      await expectRefused(
        [{ ...honest, info: { ...honest.info, path } }],
        `'${path}' is not the path of its contents: they make '${honest.info.path}'`,
      )
    })

    it('recomputes content-addressed paths with their references', async () => {
      const dependency = text('dependency', 'x')
      const entry = text('dependent', 'y')
      await expectRefused(
        [dependency, { ...entry, info: { ...entry.info, references: [dependency.info.path] } }],
        'is not the path of its contents',
      )
      const honest = source('tree', directory({}), [dependency.info.path])
      await store.add([dependency, honest])
    })

    it('refuses a content-addressed path that refers to itself: its hash cannot be checked', async () => {
      const entry = source('tree', directory({}))
      await expectRefused(
        [{ ...entry, info: { ...entry.info, references: [entry.info.path] } }],
        'refers to itself',
      )
    })

    it('takes flat fixed outputs of one plain file only', async () => {
      const hash = { algorithm: 'sha1' as const, bytes: hashBytes('sha1', 'archive') }
      const address: ContentAddress = { method: 'flat', hash }
      const info = {
        path: makeFixedOutputPath(storeDir, 'flat', hash, 'archive.tar'),
        references: [],
        contentAddress: formatContentAddress(address),
      }
      await expectRefused(
        [{ info, nar: writeNar(file('archive', true)) }],
        'not a regular, non-executable file',
      )
      await expectRefused(
        [{ info, nar: writeNar(directory({})) }],
        'not a regular, non-executable file',
      )
      await store.add([{ info, nar: writeNar(file('archive')) }])
    })

    it('refuses a content address that is none', async () => {
      const entry = text('greeting', 'hello')
      await expectRefused(
        [{ ...entry, info: { ...entry.info, contentAddress: 'text:sha256:short' } }],
        `'${entry.info.path}' has a content address that is wrong`,
      )
    })

    it('refuses a malformed NAR', async () => {
      const entry = output('a', file('contents'))
      const broken = [
        new Uint8Array(0),
        entry.nar.subarray(0, entry.nar.length - 8),
        Uint8Array.from([...entry.nar, 0, 0, 0, 0, 0, 0, 0, 0]),
        entry.nar.map((byte, i) => (i === 9 ? byte ^ 1 : byte)),
      ]
      for (const nar of broken) {
        await expectRefused([{ ...entry, nar }], `the contents of '${entry.info.path}' are no NAR`)
      }
    })

    it('refuses what is no path of this store, as path and as reference', async () => {
      const { nar } = output('a', file('x'))
      const wrong = [
        '/elsewhere/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-x',
        storeDir,
        `${storeDir}/short-x`,
        `${storeDir}/${'a'.repeat(32)}-x/inside`,
        `${storeDir}/${'a'.repeat(32)}-with space`,
        `${storeDir}/../${'a'.repeat(32)}-x`,
        `${storeDir}/${'e'.repeat(32)}-not-base-32`,
      ]
      const good = `${storeDir}/${'a'.repeat(32)}-x`
      for (const path of wrong) {
        await expectRefused([{ info: { path, references: [] }, nar }], `cannot add '${path}'`)
        await expectRefused(
          [{ info: { path: good, references: [path] }, nar }],
          `'${good}' has a reference that is wrong`,
        )
      }
    })

    it('keeps its own copy of what is added', async () => {
      const entry = output('a', file('contents'))
      const original = entry.nar.slice()
      await store.add([entry])
      entry.nar.fill(0)
      expect(await store.narFromPath(entry.info.path)).toEqual(original)
      const given = await store.narFromPath(entry.info.path)
      given.fill(0)
      expect(await store.narFromPath(entry.info.path)).toEqual(original)
    })

    it('takes calls that overlap in time', async () => {
      const shared = text('shared', 'x')
      const dependents = Array.from({ length: 8 }, (_, i) =>
        text(`dependent-${i}`, shared.info.path, [shared.info.path]),
      )
      await Promise.all(dependents.map((dependent) => store.add([shared, dependent])))
      expect((await store.allValidPaths()).length).toBe(9)
      expect((await store.queryReferrers(shared.info.path)).length).toBe(8)
    })
  })
}
