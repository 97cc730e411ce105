/** The second half of store.shared-tests.ts: what keeps paths, what deletes them, what damages them. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { Derivation } from '@snowglobe/shared/derivation'
import { formatDerivation } from '@snowglobe/shared/derivation-aterm'
import { derivationPath, fillOutputPaths, hashModuloContext } from '@snowglobe/shared/hash-modulo'
import { findGarbage } from './garbage'
import { addGeneration, deleteGenerations, ProfileError, switchGeneration } from './profile'
import { directory, file, outputEntry, sourceEntry, textEntry } from './store-entries'
import { defaultKeepSettings, StoreError, type Store, type StoreEntry } from './store'
import { whyDepends } from './why-depends'

/** How the tests damage a store behind its back. */
export interface Harm {
  /** Makes the files of a path other ones. */
  change(store: Store, path: string): Promise<void>
  /** Takes the files of a path away. */
  lose(store: Store, path: string): Promise<void>
}

/** A derivation with two outputs, and entries for it and them. */
function built(storeDir: string, inputs: string[] = []) {
  const unfinished: Derivation = {
    name: 'made',
    outputs: new Map(['dev', 'out'].map((n) => [n, { path: '', hashAlgorithm: '', hash: '' }])),
    inputDerivations: new Map(),
    inputSources: new Set(inputs),
    system: 'x86_64-linux',
    builder: '/bin/sh',
    args: [],
    environment: new Map([['name', 'made']]),
  }
  const context = hashModuloContext(storeDir, () => {
    throw new Error('there are no inputs')
  })
  const derivation = fillOutputPaths(unfinished, context)
  const { path, contents } = derivationPath(storeDir, derivation)
  const drv = textEntry(storeDir, path.slice(storeDir.length + 34), contents, inputs)
  const output = (name: string): StoreEntry => ({
    info: { path: derivation.outputs.get(name)!.path, references: inputs, deriver: path },
    nar: outputEntry(storeDir, 'a', file(name)).nar,
  })
  return { text: formatDerivation(derivation), drv, out: output('out'), dev: output('dev') }
}

export function describeKeeping(makeStore: () => Promise<Store>, harm: Harm): void {
  let store: Store
  let storeDir: string
  const text = (name: string, contents: string, references: string[] = []) =>
    textEntry(storeDir, name, contents, references)
  const pathsOf = (...entries: StoreEntry[]) => entries.map(({ info }) => info.path)
  /** Three texts, each of which refers to the one before it. */
  const chain = async () => {
    const a = text('a', 'x')
    const b = text('b', a.info.path, [a.info.path])
    const c = text('c', b.info.path, [b.info.path])
    await store.add([a, b, c])
    return { a: a.info.path, b: b.info.path, c: c.info.path }
  }
  const collect = () => store.collectGarbage(defaultKeepSettings)

  beforeEach(async () => {
    store = await makeStore()
    storeDir = store.storeDir
  })

  describe('derivations and outputs', () => {
    it('knows the outputs of a derivation and who derives a path', async () => {
      const { drv, out, dev } = built(storeDir)
      await store.add([drv, out])
      expect(await store.queryDerivationOutputs(drv.info.path)).toEqual(
        new Map([
          ['dev', dev.info.path],
          ['out', out.info.path],
        ]),
      )
      expect(await store.queryValidDerivers(dev.info.path)).toEqual([drv.info.path])
      expect(await store.queryDerivationOutputs(out.info.path)).toEqual(new Map())
      expect(await store.queryValidDerivers(drv.info.path)).toEqual([])
    })

    it('refuses a .drv that holds no derivation', async () => {
      const entry = text('broken.drv', 'Derive')
      const failure = store.add([entry])
      await expect(failure).rejects.toBeInstanceOf(StoreError)
      await expect(failure).rejects.toThrow(`'${entry.info.path}' is no derivation`)
      expect(await store.allValidPaths()).toEqual([])
    })

    it('finds a path by its hash part', async () => {
      const { a } = await chain()
      expect(await store.queryPathFromHashPart(a.slice(storeDir.length + 1).slice(0, 32))).toBe(a)
      expect(await store.queryPathFromHashPart('0'.repeat(32))).toBeNull()
    })
  })

  describe('closures', () => {
    it('goes along references, referrers, outputs and derivers', async () => {
      const { a, b, c } = await chain()
      const { drv, out, dev } = built(storeDir, [b])
      await store.add([drv, out])
      const graph = await store.graph()
      expect(graph.closure([c])).toEqual(new Set([c, b, a]))
      expect(graph.closure([b], { backwards: true })).toEqual(new Set([b, c, ...pathsOf(drv, out)]))
      expect(graph.closure([drv.info.path], { outputs: true })).toEqual(
        new Set([a, b, ...pathsOf(drv, out)]),
      )
      expect(graph.closure([out.info.path], { derivers: true })).toEqual(
        new Set([a, b, ...pathsOf(drv, out)]),
      )
      expect(graph.sorted([c, a, b])).toEqual([a, b, c])
      expect(() => graph.closure([dev.info.path])).toThrow(`path '${dev.info.path}' is not valid`)
    })

    it('adds up the sizes of closures', async () => {
      const { a, c } = await chain()
      const infos = await store.allPathInfos()
      const sizes = infos.reduce((sum, { narSize }) => sum + narSize, 0)
      const graph = await store.graph()
      expect(graph.closureSize(c)).toBe(sizes)
      expect(graph.closureSize(a)).toBe(infos.find(({ path }) => path === a)!.narSize)
    })

    it('says why a path depends on another, down to the byte', async () => {
      const { a } = await chain()
      const tree = sourceEntry(
        storeDir,
        'tree',
        directory({
          bin: directory({ run: file(`#!${a}/bin/sh\n`, true) }),
          link: { type: 'symlink', target: `../${a}` },
        }),
        [a],
      )
      await store.add([tree])
      const steps = await whyDepends(store, await store.graph(), tree.info.path, a)
      const offset = `#!${storeDir}/`.length
      expect(steps).toMatchObject([
        {
          from: tree.info.path,
          to: a,
          occurrences: [
            { file: 'bin/run', where: 'contents', offset },
            { file: 'link', where: 'link', offset: `../${storeDir}/`.length },
          ],
        },
      ])
      expect(await whyDepends(store, await store.graph(), a, tree.info.path)).toBeNull()
      expect(await whyDepends(store, await store.graph(), a, a)).toEqual([])
    })
  })

  describe('garbage', () => {
    it('is all that nothing keeps, referrers deleted first', async () => {
      const { a, b, c } = await chain()
      const { deleted, bytesFreed } = await collect()
      expect(deleted).toEqual([c, b, a])
      expect(bytesFreed).toBeGreaterThan(0)
      expect(await store.allValidPaths()).toEqual([])
      expect(await store.queryPathInfo(a)).toBeNull()
      await expect(store.narFromPath(a)).rejects.toThrow('is not valid')
    })

    it('is not what a root needs, for as long as the root is there', async () => {
      const { a, b, c } = await chain()
      await store.setRoot('kept', b)
      expect((await store.roots()).filter(({ kind }) => kind === 'permanent')).toMatchObject([
        { path: b, name: expect.stringMatching(/(^|\/)kept$/) as string },
      ])
      expect((await collect()).deleted).toEqual([c])
      expect(await store.queryReferrers(b)).toEqual([])
      await store.setRoot('kept', null)
      expect((await collect()).deleted).toEqual([b, a])
    })

    it('lets only valid paths be roots, under names that can be files', async () => {
      const { a } = await chain()
      await expect(store.setRoot('kept', text('absent', '').info.path)).rejects.toThrow(
        'is not valid',
      )
      for (const name of ['', '..', '../x', '/x', 'a b']) {
        await expect(store.setRoot(name, a)).rejects.toThrow('cannot be the name of a root')
      }
    })

    it('is not what is held, valid or not yet', async () => {
      const { a, b, c } = await chain()
      const later = text('later', 'x')
      const hold = await store.hold([b, later.info.path])
      await store.add([later])
      expect((await collect()).deleted).toEqual([c])
      expect((await store.roots()).map(({ kind, path }) => [kind, path])).toContainEqual([
        'temporary',
        b,
      ])
      await hold.release()
      await hold.release()
      expect(new Set((await collect()).deleted)).toEqual(new Set([a, b, later.info.path]))
    })

    it('is held as often as it is held', async () => {
      const { c } = await chain()
      const [first, second] = [await store.hold([c]), await store.hold([c])]
      await first.release()
      expect((await collect()).deleted).toEqual([])
      await second.release()
      expect((await collect()).deleted.length).toBe(3)
    })

    it('keeps derivers and outputs as Nix is told to', async () => {
      const { drv, out, dev } = built(storeDir)
      await store.add([drv, out, dev])
      await store.setRoot('out', out.info.path)
      const preview = async (keepOutputs: boolean, keepDerivations: boolean) => {
        const roots = (await store.roots()).map(({ path }) => path)
        const keep = { keepOutputs, keepDerivations }
        return new Set(findGarbage(await store.graph(), roots, keep).dead)
      }
      expect(await preview(false, false)).toEqual(new Set(pathsOf(drv, dev)))
      expect(await preview(false, true)).toEqual(new Set(pathsOf(dev)))
      expect(await preview(true, true)).toEqual(new Set())
      await store.collectGarbage({ keepOutputs: false, keepDerivations: false })
      expect(await store.allValidPaths()).toEqual([out.info.path])
      expect(await store.queryValidDerivers(out.info.path)).toEqual([])
    })

    it('stops when enough is freed', async () => {
      const { a, b, c } = await chain()
      const { deleted } = await store.collectGarbage({ ...defaultKeepSettings, maxFreed: 1 })
      expect(deleted).toEqual([c])
      expect(await store.allValidPaths()).toEqual([a, b].sort())
    })

    it('tells of each path that it deletes', async () => {
      await chain()
      const told: string[] = []
      const { deleted } = await store.collectGarbage({
        ...defaultKeepSettings,
        onDelete: (path) => told.push(path),
      })
      expect(told).toEqual(deleted)
    })

    it('can be single paths, unless something needs them', async () => {
      const { a, b, c } = await chain()
      const remove = (...paths: string[]) => store.collectGarbage({ ...defaultKeepSettings, paths })
      await expect(remove(b)).rejects.toThrow(`Cannot delete path '${b}' since it is still alive.`)
      await store.setRoot('kept', c)
      await expect(remove(b, c)).rejects.toThrow('since it is still alive')
      const options = { ...defaultKeepSettings, paths: [b, c], ignoreRoots: true }
      expect((await store.collectGarbage(options)).deleted).toEqual([c, b])
      expect(await store.allValidPaths()).toEqual([a])
    })

    it('takes nothing from what shares contents with it', async () => {
      const large = { ...file(''), contents: new Uint8Array(100_000).fill(7) }
      const [one, other] = ['one', 'other'].map((name) =>
        sourceEntry(storeDir, name, directory({ [name]: file(name), large })),
      )
      await store.add([one, other])
      await store.setRoot('kept', one.info.path)
      await collect()
      expect(await store.allValidPaths()).toEqual([one.info.path])
      expect(await store.narFromPath(one.info.path)).toEqual(one.nar)
      await store.add([other])
      expect(await store.narFromPath(other.info.path)).toEqual(other.nar)
    })

    it('leaves the store closed when paths are added meanwhile', async () => {
      const { a } = await chain()
      const additions = Array.from({ length: 20 }, (_, i) => text(`new-${i}`, a, [a]))
      const outcomes = await Promise.allSettled([
        collect(),
        ...additions.map((entry) => store.add([entry])),
      ])
      expect(outcomes[0].status).toBe('fulfilled')
      const valid = new Set(await store.allValidPaths())
      for (const info of await store.allPathInfos()) {
        for (const reference of info.references) expect(valid).toContain(reference)
        await store.narFromPath(info.path)
      }
    })
  })

  describe('damage', () => {
    it('is not found where there is none', async () => {
      await chain()
      expect(await store.verify({ checkContents: true })).toEqual([])
    })

    it('is found in contents, and repaired from right ones only', async () => {
      const { a, b, c } = await chain()
      const right = await store.narFromPath(b)
      await harm.change(store, b)
      expect(await store.verify({ checkContents: false })).toEqual([])
      expect(await store.verify({ checkContents: true })).toMatchObject([
        { path: b, kind: 'modified', repaired: false },
      ])
      await expect(store.repair(b, await store.narFromPath(a))).rejects.toThrow(
        `cannot repair '${b}'`,
      )
      const damages = await store.verify({
        checkContents: true,
        repair: async (path) => (path === b ? right : null),
      })
      expect(damages).toMatchObject([{ path: b, kind: 'modified', repaired: true }])
      expect(await store.verify({ checkContents: true })).toEqual([])
      expect(await store.narFromPath(b)).toEqual(right)
      expect(await store.queryReferrers(b)).toEqual([c])
    })

    it('makes a path invalid whose files are gone, unless something refers to it', async () => {
      const { a, b, c } = await chain()
      const right = await store.narFromPath(a)
      await harm.lose(store, a)
      expect(await store.verify({ checkContents: false })).toMatchObject([
        { path: a, kind: 'in-use', found: null, repaired: false },
      ])
      await store.verify({ checkContents: false, repair: async () => right })
      expect(await store.narFromPath(a)).toEqual(right)
      await harm.lose(store, b)
      await harm.lose(store, c)
      const damages = await store.verify({ checkContents: false })
      expect(new Set(damages.map(({ path, kind }) => `${kind} ${path}`))).toEqual(
        new Set([`disappeared ${b}`, `disappeared ${c}`]),
      )
      expect(await store.allValidPaths()).toEqual([a])
    })
  })

  describe('profiles', () => {
    const now = 1_700_000_000

    it('have generations, which are roots', async () => {
      const { a, b, c } = await chain()
      await store.changeProfile('mine', (profile) => addGeneration(profile, a, now))
      await store.changeProfile('mine', (profile) => addGeneration(profile, b, now + 1))
      expect(await store.profiles()).toEqual(
        new Map([
          [
            'mine',
            {
              current: 2,
              generations: [
                { number: 1, path: a, created: now },
                { number: 2, path: b, created: now + 1 },
              ],
            },
          ],
        ]),
      )
      expect((await store.roots()).filter(({ kind }) => kind === 'profile')).toMatchObject([
        { path: a, name: expect.stringMatching(/mine-1-link$/) as string },
        { path: b, name: expect.stringMatching(/mine-2-link$/) as string },
      ])
      expect((await collect()).deleted).toEqual([c])
    })

    it('are rolled back, go on behind the newest, and forget old generations', async () => {
      const { a, b, c } = await chain()
      for (const path of [a, b, c]) {
        await store.changeProfile('mine', (profile) => addGeneration(profile, path, now))
      }
      await store.changeProfile('mine', (profile) => switchGeneration(profile, null))
      await store.changeProfile('mine', (profile) => switchGeneration(profile, 1))
      await store.changeProfile('mine', (profile) => addGeneration(profile, b, now))
      expect((await store.profiles()).get('mine')).toMatchObject({ current: 4 })
      const kept = await store.changeProfile('mine', (profile) =>
        deleteGenerations(profile, { kind: 'old' }, now),
      )
      expect(kept).toEqual({ current: 4, generations: [{ number: 4, path: b, created: now }] })
      expect((await store.profiles()).get('mine')).toEqual(kept)
      expect((await collect()).deleted).toEqual([c])
    })

    it('change not at all where a change is refused', async () => {
      const { a } = await chain()
      await store.changeProfile('mine', (profile) => addGeneration(profile, a, now))
      const before = await store.profiles()
      const absent = text('absent', '').info.path
      await expect(
        store.changeProfile('mine', (profile) => addGeneration(profile, absent, now)),
      ).rejects.toThrow(`path '${absent}' is not valid`)
      await expect(
        store.changeProfile('mine', (profile) => switchGeneration(profile, 7)),
      ).rejects.toBeInstanceOf(ProfileError)
      await expect(store.changeProfile('../mine', (profile) => profile)).rejects.toThrow(
        'cannot be the name of a root',
      )
      expect(await store.profiles()).toEqual(before)
    })

    it('change one after the other', async () => {
      const entries = Array.from({ length: 6 }, (_, i) => text(`entry-${i}`, 'x'))
      await store.add(entries)
      await Promise.all(
        entries.map(({ info }) =>
          store.changeProfile('mine', (profile) => addGeneration(profile, info.path, now)),
        ),
      )
      expect((await store.profiles()).get('mine')!.generations.map(({ number }) => number)).toEqual(
        [1, 2, 3, 4, 5, 6],
      )
    })
  })
}
