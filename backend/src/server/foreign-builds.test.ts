import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { busyboxSeeds } from '@snowglobe/shared/busybox-seed'
import type { Health } from '@snowglobe/shared/messages'
import { findForeignSystem } from '../sandbox/foreign-format'
import { scriptDerivation } from '../testing/nix-expressions'
import { availableLaunchers, startServer, type TestServer } from '../testing/test-server'

const foreign = findForeignSystem()
const possible =
  foreign !== null && availableLaunchers.includes('native') && process.getuid?.() === 0
if (!possible)
  console.warn('no QEMU (qemu-user-static), launcher in C or root: no foreign builds are tested')

describe.skipIf(!possible)('a server with QEMU', () => {
  const { system } = foreign ?? { system: '' }
  let server: TestServer
  beforeAll(async () => {
    server = await startServer({ emulation: true })
  })
  afterAll(() => server.close())

  it('announces both systems, its own first', async () => {
    const systems = async () => {
      const response = await fetch(new URL('/api/health', server.url))
      return ((await response.json()) as Health).systems
    }
    await expect.poll(systems, { timeout: 60_000 }).toEqual(['x86_64-linux', system])
  }, 70_000)

  it('builds for the other one, with nothing of it left on the machine', async () => {
    const seed = busyboxSeeds[system]!
    const drv = scriptDerivation(
      'foreign',
      `set -e; uname -m
       for i in 1 2 3; do echo "line $i"; done | sed 's/line/row/' | sort -r > $out
       gzip -k < $out | gunzip; cat /proc/sys/fs/binfmt_misc/register || echo closed`,
      {
        change: (derivation) => {
          derivation.system = system
          derivation.builder = `${seed.path}/bin/sh`
          derivation.inputSources = new Set([seed.path])
          derivation.environment.set('system', system)
          derivation.environment.set('PATH', `${seed.path}/bin`)
        },
      },
    )
    const { failure, log, outputs } = await server.build(drv)
    expect(failure).toBeNull()
    expect(outputs).toHaveLength(1)
    expect(log).toMatch(/^aarch64\nrow 3\nrow 2\nrow 1\n/)
    expect(log).toContain('closed')
  }, 60_000)
})
