/** A builder that tries everything at once, in sandboxes of both launchers. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import attacks from '../../launcher/attacks.c?raw'
import { removeTree } from '../store/remove-tree'
import { availableLaunchers } from '../testing/test-server'
import { findLauncher } from './find-launcher'
import type { SandboxRequest, Workspace } from './launcher'
import { launcherBinary } from './launcher-binary'
import { defaultLimits, type Limits } from './limits'
import { NativeLauncher } from './native-launcher'
import { processTrees } from './process-tree'

const hasCompiler = availableLaunchers.includes('native')
const directory = mkdtempSync(join(tmpdir(), 'snowglobe-attacks-'))
chmodSync(directory, 0o755)
afterAll(() => removeTree(directory))

const binaryDirectory = join(tmpdir(), `snowglobe-launcher-${process.getuid?.()}`)
const shell = '/bin/busybox'
const storePath = `/nix/store/${'0'.repeat(32)}-attacks`
const inputDirectory = join(directory, 'store')
const sourceOf = (path: string) => join(inputDirectory, basename(path))
mkdirSync(inputDirectory)
if (hasCompiler) {
  writeFileSync(join(directory, 'attacks.c'), attacks)
  spawnSync('cc', ['-static', '-o', sourceOf(storePath), join(directory, 'attacks.c')], {
    stdio: 'inherit',
  })
}

describe.skipIf(!hasCompiler).each(availableLaunchers)('a hostile builder (%s)', (kind) => {
  const launcher = findLauncher({
    directory: join(directory, kind),
    binaryDirectory,
    shell,
    controlGroups: true,
    kinds: [kind],
  })

  const run = async (
    request: Partial<SandboxRequest>,
    limits: Partial<Limits> = {},
    given?: Workspace,
  ) => {
    const workspace = given ?? (await (await launcher).createWorkspace(0))
    const sandbox = await workspace.launch(
      {
        builder: '/bin/sh',
        args: [],
        environment: [],
        storeDir: '/nix/store',
        inputs: [storePath],
        inputDirectory,
        shell,
        ...request,
      },
      { ...defaultLimits, ...limits },
    )
    let output = ''
    sandbox.log.on('data', (bytes: Buffer) => (output += bytes.toString()))
    const exit = await sandbox.exit
    if (!sandbox.log.readableEnded)
      await new Promise((resolve) => sandbox.log.once('close', resolve))
    return { exit, output, workspace }
  }

  it('gets nothing that it tries to get', async () => {
    // Abstract names belong to the network namespace: this one is the host's. Another run of the tests
    // may have it just now, which is as well.
    const smuggler = createServer().on('error', () => {})
    smuggler.listen('\0snowglobe-smuggler')
    const { output, exit, workspace } = await run({ builder: storePath })
    smuggler.close()
    expect(output).toBe('done\n')
    expect(exit).toMatchObject({ kind: 'exited', exitCode: 0 })
    await workspace.remove()
  })

  it('has memory file systems of a limited size', async () => {
    const { output, workspace } = await run({
      args: ['-c', 'for i in / /tmp /dev/shm; do busybox stat -fc "%n %b of %s" $i; done'],
    })
    expect(output).toBe('/ 4096 of 4096\n/tmp 131072 of 4096\n/dev/shm 131072 of 4096\n')
    await workspace.remove()
  })

  it('leaves links that lead nowhere outside', async () => {
    const victim = join(directory, 'victim')
    writeFileSync(victim, 'untouched', { mode: 0o644 })
    const { workspace } = await run({
      args: ['-c', `cd /build; busybox ln -s ${victim} link; echo x > link; echo x > ${victim}`],
    })
    await workspace.remove()
    expect(readFileSync(victim, 'utf8')).toBe('untouched')
    expect(statSync(victim).mode & 0o777).toBe(0o644)
  })

  it('cannot make a tree that is too deep to be removed', async () => {
    const { workspace } = await run({
      args: [
        '-c',
        'i=0; d=dddddddddddddddddddd; while [ $i -lt 300 ]; do busybox mkdir $d; cd $d; i=$((i+1)); done',
      ],
    })
    await workspace.remove()
    expect(() => statSync(workspace.buildDirectory)).toThrow('ENOENT')
  })

  it('has a workspace that nobody else can look into', async () => {
    const { workspace } = await run({ args: ['-c', 'busybox chmod 777 /build; echo > /build/x'] })
    const parent = statSync(join(directory, kind))
    expect(parent.mode & 0o077).toBe(0o011)
    const { user } = workspace
    expect(user?.uid).not.toBe(0)
    expect(statSync(workspace.buildDirectory).uid).toBe(user?.uid ?? process.getuid?.())
    await workspace.remove()
  })

  it('is shown a store path that is a link as that link', async () => {
    const path = `/nix/store/${'1'.repeat(32)}-link-${kind}`
    symlinkSync('/etc/passwd', sourceOf(path))
    const { output, workspace } = await run({
      args: ['-c', `busybox readlink ${path}; test -d ${path} || busybox head -c 4 ${path}`],
      inputs: [path],
    })
    if (kind === 'native') expect(output).toBe('/etc/passwd\nroot')
    await workspace.remove()
  })

  it('sees its inputs where another builder has just seen them', async () => {
    const path = `/nix/store/${'3'.repeat(32)}-directory-${kind}`
    mkdirSync(sourceOf(path))
    writeFileSync(join(sourceOf(path), 'file'), 'seen')
    const made = `/nix/store/${'4'.repeat(32)}-made`
    const workspace = await (await launcher).createWorkspace(0)
    for (let turn = 0; turn < 3; turn++) {
      const { output } = await run(
        {
          args: ['-c', `busybox cat ${path}/file; test -x ${storePath} && echo > ${made}-${turn}`],
          inputs: [storePath, path],
        },
        {},
        workspace,
      )
      expect(output).toBe('seen')
    }
    const store = dirname(workspace.outputSource(made))
    expect(readdirSync(store).filter((name) => name.includes('-made-'))).toHaveLength(3)
    await workspace.remove()
    expect(existsSync(store)).toBe(false)
  })

  it('changes nothing about an input that is a file', async () => {
    const path = `/nix/store/${'1'.repeat(32)}-file-${kind}`
    const file = sourceOf(path)
    writeFileSync(file, 'kept', { mode: 0o444 })
    const attempts = ['echo x > $f', 'chmod 666 $f', 'touch $f', 'mv $f $f-2', 'rm -f $f']
    const { output, workspace } = await run({
      args: [
        '-c',
        `f=${path}; ${attempts.map((attempt) => `{ ${attempt}; } 2>/dev/null && echo done: '${attempt}'`).join('; ')}; cat $f`,
      ],
      inputs: [path],
    })
    expect(output).toBe('kept')
    await workspace.remove()
    expect(readFileSync(file, 'utf8')).toBe('kept')
    expect(statSync(file)).toMatchObject({ mode: 0o100444, nlink: 1 })
  })
})

describe.skipIf(!hasCompiler || process.getuid?.() !== 0)('the launcher in C', () => {
  const launch = async (
    user: { uid: number; gid: number } | null,
    change: Partial<SandboxRequest> = {},
  ) => {
    const launcher = new NativeLauncher(launcherBinary(binaryDirectory), {
      directory: join(directory, 'own'),
      architecture: process.arch === 'arm64' ? 'aarch64' : 'x86_64',
      resourceGroups: processTrees,
      userOfSlot: () => user,
      hidesMounts: true,
    })
    const workspace = await launcher.createWorkspace(0)
    const sandbox = await workspace.launch(
      {
        builder: '/bin/sh',
        args: ['-c', 'exit 3'],
        environment: [],
        storeDir: '/nix/store',
        inputs: [],
        inputDirectory,
        shell,
        ...change,
      },
      defaultLimits,
    )
    let output = ''
    sandbox.log.on('data', (bytes: Buffer) => (output += bytes.toString()))
    const exit = await sandbox.exit
    await workspace.remove()
    launcher.close()
    return { exit, output }
  }
  const somebody = { uid: 59_900, gid: 59_900 }

  it("makes nobody's builder root", async () => {
    for (const user of [
      { uid: 0, gid: 59_900 },
      { uid: 59_900, gid: 0 },
    ])
      expect((await launch(user)).exit).toEqual({
        kind: 'setup-failed',
        reason: 'builders cannot be root',
      })
    expect((await launch(null)).exit).toEqual({
      kind: 'setup-failed',
      reason: 'root must name a user for builders',
    })
  })

  it('tells exit codes, signals, and why a builder could not be executed', async () => {
    expect((await launch(somebody)).exit).toEqual({ kind: 'exited', exitCode: 3 })
    const shot = await launch(somebody, { args: ['-c', 'busybox sh -c "kill -9 \\$\\$"; exit 5'] })
    expect(shot.exit).toEqual({ kind: 'exited', exitCode: 5 })
    expect((await launch(somebody, { builder: '/nowhere' })).exit).toMatchObject({
      notExecuted: "executing '/nowhere': No such file or directory",
    })
    expect((await launch(somebody, { builder: '/etc/passwd' })).exit).toMatchObject({
      notExecuted: "executing '/etc/passwd': Permission denied",
    })
  })

  it('says what it could not mount, and runs nothing', async () => {
    const path = `/nix/store/${'2'.repeat(32)}-gone`
    const { exit, output } = await launch(somebody, {
      args: ['-c', 'echo ran'],
      inputs: [path],
    })
    expect(exit).toMatchObject({ kind: 'setup-failed' })
    expect(exit.kind === 'setup-failed' && exit.reason).toContain('cannot find')
    expect(output).toBe('')
  })

  it('mounts nothing that has no name in the store', async () => {
    for (const path of ['/nix/store/..', '/nix/store/.', '/nix/store/x/../..'])
      expect((await launch(somebody, { inputs: [storePath, path] })).exit).toMatchObject({
        kind: 'setup-failed',
      })
  })

  it('refuses strings that it could not pass on', async () => {
    await expect(launch(somebody, { args: ['a\0b'] })).rejects.toThrow('NUL')
  })

  it('leads connections to one port of the loopback out to a socket of the server', async () => {
    const socket = join(directory, 'proxy.sock')
    const received: string[] = []
    const proxy = createServer({ allowHalfOpen: true }, (connection) => {
      connection.on('data', (bytes: Buffer) => received.push(bytes.toString()))
      connection.on('end', () => connection.end('x'.repeat(200_000) + 'answered\n'))
    }).listen(socket)
    await new Promise((resolve) => proxy.once('listening', resolve))
    chmodSync(socket, 0o666)
    const { output } = await launch(somebody, {
      args: [
        '-c',
        `for i in 1 2 3; do echo "question $i" | busybox nc 127.0.0.1 3128 | busybox tail -c 9; done
         busybox nc -w 1 127.0.0.1 3129 < /dev/null || echo closed`,
      ],
      network: { proxySocket: socket, proxyPort: 3128 },
      etc: { 'resolv.conf': 'nameserver 127.0.0.1\n' },
    })
    proxy.close()
    expect(output).toContain('answered\nanswered\nanswered\n')
    expect(output).toContain('closed')
    expect(received.sort()).toEqual(['question 1\n', 'question 2\n', 'question 3\n'])
  })
})
