import { existsSync, mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeNar } from '@snowglobe/shared/nar'
import { defaultStoreDir } from '@snowglobe/shared/store-path'
import { DiskStore } from '../store/disk-store'
import { removeTree } from '../store/remove-tree'
import { outputPathOf } from '../testing/test-cache'
import { Housekeeping } from './housekeeping'
import { defaultPublicLimits } from './public-limits'

const size = 100_000
const hour = 3_600_000

let directory: string
let store: DiskStore
let now: number

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'snowglobe-housekeeping-'))
  store = await DiskStore.open(directory, defaultStoreDir)
  now = 1_800_000_000_000
})
afterEach(async () => {
  store.close()
  await removeTree(directory)
})

async function housekeepingWith<Result>(
  storeBytes: number,
  use: (housekeeping: Housekeeping) => Promise<Result>,
): Promise<Result> {
  const housekeeping = new Housekeeping({
    store,
    state: join(directory, 'nix/var/nix'),
    limits: { ...defaultPublicLimits, storeBytes, freeBytes: 1, rootSeconds: 3600 },
    report: () => {},
    onFreed: () => {},
    now: () => now,
  })
  try {
    return await use(housekeeping)
  } finally {
    await housekeeping.close()
  }
}

async function add(name: string): Promise<string> {
  const path = outputPathOf(name)
  const contents = Buffer.alloc(size, name)
  const nar = writeNar({ type: 'regular', executable: false, contents })
  await store.add([{ info: { path, references: [] }, nar }])
  return path
}

const roots = () => readdirSync(join(directory, 'nix/var/nix/gcroots/snowglobe')).sort()
const isThere = (path: string) => existsSync(join(directory, path))

describe('what was asked for', () => {
  it('stays while there is room, however long ago that was', async () => {
    const old = await add('old')
    await housekeepingWith(10 * size, async (housekeeping) => {
      await housekeeping.keep(old)
      now += 1000 * hour
      await housekeeping.look()
    })
    expect(isThere(old)).toBe(true)
  })

  it('goes where there is none once its time is over, which begins anew when it is asked for', async () => {
    const [one, two, asked] = [await add('one'), await add('two'), await add('asked-again')]
    const fresh = await add('fresh')
    // One of the four has to go.
    await housekeepingWith(3.8 * size, async (housekeeping) => {
      for (const path of [asked, one, two]) await housekeeping.keep(path)
      now += hour / 2
      await housekeeping.keep(asked)
      await housekeeping.keep(fresh)
      now += hour / 2 + 1000
      await housekeeping.look()
    })
    expect(roots()).toEqual([asked, fresh].map((path) => path.slice(11)).sort())
    expect([asked, fresh].map(isThere)).toEqual([true, true])
    expect([one, two].filter(isThere)).toHaveLength(1)
  })

  it('goes before its time, the oldest first, where the limit cannot be kept otherwise', async () => {
    const [older, newer] = [await add('older'), await add('newer')]
    await housekeepingWith(1.8 * size, async (housekeeping) => {
      await housekeeping.keep(older)
      now += 60_000
      await housekeeping.keep(newer)
      await housekeeping.look()
    })
    expect([older, newer].map(isThere)).toEqual([false, true])
  })
})
