import { chmodSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { availableLaunchers } from '../testing/test-server'
import { removeTree } from '../store/remove-tree'
import { BubblewrapLauncher } from './bubblewrap'
import { defaultLimits } from './limits'
import { processTrees } from './process-tree'

const shell = '/bin/busybox'
const directory = mkdtempSync(join(tmpdir(), 'snowglobe-bubblewrap-'))
chmodSync(directory, 0o755)
afterAll(() => removeTree(directory))

const isRoot = process.getuid?.() === 0

const hasBubblewrap = availableLaunchers.includes('bubblewrap')

describe.skipIf(!hasBubblewrap || !isRoot)('a sandbox whose builder is root outside', () => {
  const launcher = () =>
    new BubblewrapLauncher({
      directory,
      architecture: 'x86_64',
      resourceGroups: processTrees,
      userOfSlot: () => null,
      hidesMounts: true,
      version: 'test',
    })

  const inside = async (script: string) => {
    const workspace = await launcher().createWorkspace(0)
    const sandbox = await workspace.launch(
      {
        builder: '/bin/sh',
        args: ['-c', `exec 2>&1; ${script}`],
        environment: [],
        storeDir: '/nix/store',
        inputs: [],
        inputDirectory: directory,
        shell,
      },
      defaultLimits,
    )
    let output = ''
    sandbox.log.on('data', (bytes: Buffer) => (output += bytes.toString()))
    await sandbox.exit
    await workspace.remove()
    return output
  }

  it("cannot change the host's devices, but use them", async () => {
    expect(await inside('echo x > /dev/null; busybox chmod 600 /dev/null /dev/zero')).toBe(
      'chmod: /dev/null: Operation not permitted\nchmod: /dev/zero: Operation not permitted\n',
    )
  })

  it("cannot change the kernel's settings", async () => {
    // What is written is what is there already: a hole must not harm the machine that tests for it.
    const output = await inside(
      `for i in kernel/core_pattern vm/swappiness fs/file-max; do
         value=$(busybox cat /proc/sys/$i); echo "$value" > /proc/sys/$i
       done
       test -w /proc/sysrq-trigger && echo sysrq; true`,
    )
    expect(output.match(/Read-only file system/g)).toHaveLength(3)
    expect(output).not.toContain('sysrq')
  })
})
