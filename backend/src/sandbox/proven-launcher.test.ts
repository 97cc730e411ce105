import { existsSync, mkdtempSync, readdirSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { removeTree } from '../store/remove-tree'
import { availableLaunchers } from '../testing/test-server'
import { findLauncher } from './find-launcher'
import type { Launcher } from './launcher'
import { defaultLimits } from './limits'

const scratch = mkdtempSync(join(tmpdir(), 'snowglobe-proven-'))
afterAll(() => removeTree(scratch))

const binaryDirectory = join(scratch, 'binaries')
const shell = join(scratch, 'shell')
let commands = 0

/** As a command finds it. Tells whether it was tried out, for which the launcher has to run. */
async function find(remembers: boolean): Promise<{ launcher: Launcher; tried: boolean }> {
  const directory = join(scratch, `builds-${commands++}`)
  const settings = { controlGroups: false, ofStrangers: false, kinds: ['native'] as const }
  const launcher = await findLauncher({
    directory,
    binaryDirectory,
    shell,
    remembers,
    ...settings,
  })
  return { launcher, tried: existsSync(join(directory, 'launcher/socket')) }
}

async function exitOf(launcher: Launcher, inputs: string[]) {
  const workspace = await launcher.createWorkspace(0)
  const sandbox = await workspace.launch(
    {
      builder: '/bin/sh',
      args: ['-c', 'exit 3'],
      environment: [],
      storeDir: '/nix/store',
      inputs,
      inputDirectory: scratch,
      shell,
    },
    defaultLimits,
  )
  sandbox.log.resume()
  const exit = await sandbox.exit
  await workspace.remove()
  return exit
}

describe.skipIf(!availableLaunchers.includes('native'))('a launcher that was tried out', () => {
  it('is not tried out again by who remembers it, and works', async () => {
    await copyFile('/bin/busybox', shell)
    expect((await find(true)).tried).toBe(true)
    expect((await find(false)).tried).toBe(true)
    const { launcher, tried } = await find(true)
    expect(tried).toBe(false)
    expect(await exitOf(launcher, [])).toEqual({ kind: 'exited', exitCode: 3 })
    expect((await find(true)).tried).toBe(false)
  })

  it('is tried out again where the shell is another', async () => {
    await removeTree(shell)
    await copyFile('/bin/busybox', shell)
    expect((await find(true)).tried).toBe(true)
  })

  it('is tried out again after it could not make a sandbox', async () => {
    const { launcher, tried } = await find(true)
    expect(tried).toBe(false)
    expect(await exitOf(launcher, ['/nix/store/gone'])).toMatchObject({ kind: 'setup-failed' })
    expect((await find(true)).tried).toBe(true)
  })

  it('is compiled again where the program has gone', async () => {
    for (const name of readdirSync(binaryDirectory))
      if (name.startsWith('launcher-')) await removeTree(join(binaryDirectory, name))
    const { launcher, tried } = await find(true)
    expect(tried).toBe(true)
    expect(await exitOf(launcher, [])).toEqual({ kind: 'exited', exitCode: 3 })
  })
})
