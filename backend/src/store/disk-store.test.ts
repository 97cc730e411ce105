import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { defaultStoreDir } from '@snowglobe/shared/store-path'
import {
  describeStore,
  directory,
  file,
  outputEntry,
  sourceEntry,
  textEntry,
} from '@snowglobe/worker/store/store.shared-tests'
import { defaultKeepSettings } from '@snowglobe/worker/store/store'
import type { Harm } from '@snowglobe/worker/store/store-keeping.shared-tests'
import { hasNix } from '../testing/real-nix'
import { DiskStore } from './disk-store'
import { removeTree } from './remove-tree'

const scratch = mkdtempSync(join(tmpdir(), 'snowglobe-store-'))
const opened: DiskStore[] = []
let count = 0

async function openStore(storeDir = defaultStoreDir) {
  const root = join(scratch, String(count++))
  const store = await DiskStore.open(root, storeDir)
  opened.push(store)
  return Object.assign(store, { root })
}

afterAll(async () => {
  for (const store of opened) store.close()
  await removeTree(scratch)
})

const harm: Harm = {
  change: async (store, path) => {
    const file = (store as DiskStore).realPath(path)
    chmodSync(file, 0o644)
    writeFileSync(file, 'other')
  },
  lose: async (store, path) => unlinkSync((store as DiskStore).realPath(path)),
}

describeStore('the disk store', () => openStore(), harm)
describeStore('the disk store at another place', () => openStore('/tmp/x/store'), harm)

describe('the disk store', () => {
  it('keeps what it has when it is opened again', async () => {
    const first = await openStore()
    const entry = textEntry(defaultStoreDir, 'kept', 'x')
    await first.add([entry])
    const second = await DiskStore.open(first.root, defaultStoreDir)
    opened.push(second)
    expect(await second.queryPathInfo(entry.info.path)).toEqual(
      await first.queryPathInfo(entry.info.path),
    )
  })

  it('replaces files that were never registered', async () => {
    const store = await openStore()
    const entry = sourceEntry(defaultStoreDir, 'tree', directory({ file: file('right') }))
    mkdirSync(store.realPath(entry.info.path))
    writeFileSync(join(store.realPath(entry.info.path), 'half-written'), 'wro')
    await store.add([entry])
    expect(await store.narFromPath(entry.info.path)).toEqual(entry.nar)
  })

  it('puts no root where Nix keeps its own', async () => {
    const store = await openStore()
    const entry = textEntry(defaultStoreDir, 'kept', 'x')
    await store.add([entry])
    for (const name of ['auto', 'auto/x', 'profiles', 'per-user/x'])
      await expect(store.setRoot(name, entry.info.path)).rejects.toThrow('Nix keeps its own there')
    await store.setRoot('automatic', entry.info.path)
  })

  it('deletes what was never registered, and large trees whatever their modes', async () => {
    const store = await openStore()
    const wide = Object.fromEntries(
      Array.from({ length: 50 }, (_, i) => [`d${i}`, directory({ a: file('x'), b: file('y') })]),
    )
    const tree = sourceEntry(defaultStoreDir, 'tree', directory(wide))
    await store.add([tree])
    const left = join(store.root, 'nix/store', `${'b'.repeat(32)}-left`)
    mkdirSync(join(left, 'closed'), { recursive: true, mode: 0o700 })
    writeFileSync(join(left, 'closed/file'), 'x')
    chmodSync(join(left, 'closed'), 0)
    const { deleted, bytesFreed } = await store.collectGarbage(defaultKeepSettings)
    expect(new Set(deleted)).toEqual(
      new Set([tree.info.path, `${defaultStoreDir}/${'b'.repeat(32)}-left`]),
    )
    expect(bytesFreed).toBe(101)
    expect(readdirSync(join(store.root, 'nix/store'))).toEqual(['.links'])
  })

  it('refuses a database of another schema', async () => {
    const root = join(scratch, String(count++))
    mkdirSync(join(root, 'nix/var/nix/db'), { recursive: true })
    writeFileSync(join(root, 'nix/var/nix/db/schema'), '11')
    await expect(DiskStore.open(root, defaultStoreDir)).rejects.toThrow(
      "the store's database has schema 11, but this version knows 10 only",
    )
  })

  it('finds a path by its hash part', async () => {
    const store = await openStore()
    const entry = textEntry(defaultStoreDir, 'found', 'x')
    await store.add([entry])
    expect(store.pathOfHashPart(entry.info.path.slice(11, 43))).toBe(entry.info.path)
    expect(store.pathOfHashPart('0'.repeat(32))).toBeNull()
  })

  it('gives the closure of paths', async () => {
    const store = await openStore()
    const a = textEntry(defaultStoreDir, 'a', '')
    const b = textEntry(defaultStoreDir, 'b', '', [a.info.path])
    const c = textEntry(defaultStoreDir, 'c', '', [b.info.path])
    await store.add([a, b, c])
    expect(store.closure([c.info.path])).toEqual(new Set([c, b, a].map(({ info }) => info.path)))
    expect(() => store.closure([`${defaultStoreDir}/${'a'.repeat(32)}-x`])).toThrow('is not valid')
  })
})

describe.skipIf(!hasNix)('real Nix and the disk store', () => {
  const nix = (command: string, ...args: string[]) =>
    execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

  it('opens it, verifies its contents and agrees with what it knows', async () => {
    const store = await openStore()
    const a = textEntry(defaultStoreDir, 'a', 'x')
    const b = sourceEntry(
      defaultStoreDir,
      'tree',
      directory({ run: file('#!', true), link: { type: 'symlink', target: 'run' } }),
      [a.info.path],
    )
    const self = outputEntry(defaultStoreDir, 'c', file('')).info.path
    const c = outputEntry(defaultStoreDir, 'c', file(self), [self, b.info.path])
    await store.add([a, b, c])

    const all = ['--extra-experimental-features', 'nix-command', 'path-info', '--all', '--json']
    const told = JSON.parse(nix('nix', '--store', store.root, ...all)) as {
      path: string
      narSize: number
      references: string[]
      ca?: string
      ultimate?: boolean
    }[]
    expect(told.map(({ path }) => path).sort()).toEqual(await store.allValidPaths())
    for (const { path, narSize, references, ca, ultimate } of told) {
      const info = await store.queryPathInfo(path)
      expect({ narSize, references: [...references].sort() }).toEqual({
        narSize: info?.narSize,
        references: info?.references,
      })
      expect(ca ?? null).toBe(info?.contentAddress)
      expect(ultimate ?? false).toBe(info?.ultimate)
    }
    // Exits with 1 where something is wrong.
    nix('nix-store', '--store', store.root, '--verify', '--check-contents')
  })

  it('adds a path to it that is then valid here', async () => {
    const store = await openStore()
    const source = join(scratch, 'by-nix')
    writeFileSync(source, 'made by Nix')
    const path = nix('nix-store', '--store', store.root, '--add', source).trim()
    expect(await store.queryValidPaths([path])).toEqual(new Set([path]))
    expect(readFileSync(store.realPath(path), 'utf8')).toBe('made by Nix')
  })
})
