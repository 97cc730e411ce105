import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { busyboxSeedName, busyboxSeeds } from '@snowglobe/shared/busybox-seed'
import { hashBytes, parseHash } from '@snowglobe/shared/hash'
import { defaultStoreDir, makeFixedOutputPath } from '@snowglobe/shared/store-path'
import { execFileSync } from 'node:child_process'
import { busyboxApplets } from './busybox-applets'
import { seedEntry } from './busybox'

const program = '/bin/busybox'
const isPinned =
  existsSync(program) &&
  createHash('sha256').update(readFileSync(program)).digest('hex').startsWith('3d9f2889d678')
if (!isPinned)
  console.warn('the pinned busybox-static is not installed: its seed is not recomputed')

describe('the busybox seed', () => {
  it.each(Object.entries(busyboxSeeds))('has the path that its hash makes (%s)', (_, seed) => {
    const hash = parseHash(seed.narHash, 'sha256')
    expect(makeFixedOutputPath(defaultStoreDir, 'recursive', hash, busyboxSeedName)).toBe(seed.path)
  })

  it.skipIf(!isPinned)('is what the real files make', () => {
    const seed = busyboxSeeds['x86_64-linux']!
    const { nar } = seedEntry(seed, readFileSync(program))
    expect(hashBytes('sha256', nar)).toEqual(parseHash(seed.narHash, 'sha256').bytes)
  })

  it.skipIf(!isPinned)('has a link for every applet that the program knows', () => {
    const known = execFileSync(program, ['--list'], { encoding: 'utf8' }).trim().split('\n')
    expect([...busyboxApplets, 'busybox'].sort()).toEqual(known.sort())
  })
})
