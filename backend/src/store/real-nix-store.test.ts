/** Debian's Nix and we on one store, at the same time. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { defaultStoreDir } from '@snowglobe/shared/store-path'
import { addGeneration, switchGeneration } from '@snowglobe/worker/store/profile'
import { defaultKeepSettings } from '@snowglobe/worker/store/store'
import { directory, file, sourceEntry, textEntry } from '@snowglobe/worker/store/store-entries'
import { hasNix } from '../testing/real-nix'
import { addPath } from './add-path'
import { DiskStore } from './disk-store'
import { waitForLock } from './file-lock'
import { removeTree } from './remove-tree'

const scratch = mkdtempSync(join(tmpdir(), 'snowglobe-real-store-'))

afterAll(() => removeTree(scratch))

describe.skipIf(!hasNix)('real Nix and we', () => {
  let root: string
  let store: DiskStore
  let count = 0

  beforeEach(async () => {
    root = join(scratch, String(count++))
    store = await DiskStore.open(root, defaultStoreDir)
    return () => store.close()
  })

  const nix = (...args: string[]) =>
    execFileSync('nix-store', ['--store', root, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  const text = (name: string, contents: string, references: string[] = []) =>
    textEntry(defaultStoreDir, name, contents, references)
  const collect = () => store.collectGarbage(defaultKeepSettings)

  it('see what the other adds', async () => {
    writeFileSync(join(root, 'file'), 'added by Nix')
    const added = nix('--add', join(root, 'file')).trim()
    expect(await store.queryPathInfo(added)).toMatchObject({
      path: added,
      contentAddress: expect.stringMatching(/^fixed:r:sha256:/) as string,
    })
    const dependent = text('dependent', added, [added])
    await store.add([dependent])
    expect(nix('-q', '--referrers', added).trim()).toBe(dependent.info.path)
    const infos = execFileSync(
      'nix',
      ['--experimental-features', 'nix-command', '--store', root, 'path-info', '--all'],
      { encoding: 'utf8' },
    )
    expect(infos.trim().split('\n').sort()).toEqual((await store.allValidPaths()).sort())
    nix('--verify', '--check-contents')
  })

  it('make the same path of a tree', async () => {
    const tree = join(root, 'tree')
    mkdirSync(join(tree, 'deep/er'), { recursive: true })
    writeFileSync(join(tree, 'deep/er/file'), Buffer.alloc(3_000_000, 7))
    writeFileSync(join(tree, 'run'), '#!', { mode: 0o700 })
    symlinkSync('run', join(tree, 'link'))
    const path = await addPath(store, tree, 'tree', { method: 'recursive', algorithm: 'sha256' })
    nix('--verify', '--check-contents')
    expect(nix('--add', tree).trim()).toBe(path)
  })

  it('agree on roots: links of ours, of Nix, profiles', async () => {
    const [a, b] = [text('a', 'x'), text('b', 'x')]
    await store.add([a, b])
    await store.setRoot('mine', a.info.path)
    await store.addIndirectRoot(join(root, 'result'), b.info.path)
    await store.changeProfile('profile', (profile) => addGeneration(profile, a.info.path, 1e9))
    await store.changeProfile('profile', (profile) => addGeneration(profile, b.info.path, 2e9))
    await store.changeProfile('profile', (profile) => switchGeneration(profile, null))
    const roots = nix('--gc', '--print-roots').trim().split('\n')
    expect(roots.filter((line) => !/\/proc\/|\{temp/.test(line)).sort()).toEqual(
      [
        `${root}/nix/var/nix/gcroots/mine -> ${a.info.path}`,
        `${root}/nix/var/nix/profiles/profile-1-link -> ${a.info.path}`,
        `${root}/nix/var/nix/profiles/profile-2-link -> ${b.info.path}`,
        `${root}/result -> ${b.info.path}`,
      ].sort(),
    )
    const profile = join(root, 'nix/var/nix/profiles/profile')
    expect(readlinkSync(profile)).toBe('profile-1-link')
    const generations = execFileSync(
      'nix-env',
      ['--store', root, '-p', profile, '--list-generations'],
      { encoding: 'utf8' },
    )
    expect(generations).toMatch(/^ +1 +2001-09-\d\d.*\(current\).*\n +2 +2033-05-18/)
    const options = ['--store', root, '-p', profile, '--switch-generation', '2']
    execFileSync('nix-env', options, { stdio: 'ignore' })
    expect((await store.profiles()).get('profile')).toMatchObject({ current: 2 })
  })

  it('Nix does not collect what we hold, and collects it when we let go', async () => {
    const [held, free] = [text('held', 'x'), text('free', 'x')]
    await store.add([held, free])
    const hold = await store.hold([held.info.path])
    // Adding it held it for a moment, too.
    await expect.poll(() => nix('--gc', '--print-dead')).toBe(`${free.info.path}\n`)
    nix('--gc')
    expect(await store.allValidPaths()).toEqual([held.info.path])
    expect(nix('--gc', '--print-roots')).toContain(`{temp:${process.pid}} -> ${held.info.path}`)
    await hold.release()
    store.close()
    nix('--gc')
    store = await DiskStore.open(root, defaultStoreDir)
    expect(await store.allValidPaths()).toEqual([])
  })

  it('we do not collect what Nix is about to use', async () => {
    const [used, free] = [text('used', 'x'), text('free', 'x')]
    await store.add([used, free])
    // Nix holds its arguments while it waits for its input.
    const temproots = join(root, 'nix/var/nix/temproots')
    const script = `
      exec 9>> "$1"
      flock -x 9
      printf '%s\\0' "$2" >&9
      echo ready
      read line`
    const other = join(temproots, '999999')
    const child = spawn('sh', ['-c', script, 'sh', other, used.info.path])
    await once(child.stdout, 'data')
    expect((await collect()).deleted).toEqual([free.info.path])
    child.stdin.end('\n')
    await once(child, 'exit')
    expect((await collect()).deleted).toEqual([used.info.path])
    expect(existsSync(other)).toBe(false)
  })

  it('tell each other of paths while garbage is collected', async () => {
    const entries = Array.from({ length: 1500 }, (_, i) => text(`entry-${i}`, 'x'))
    await store.add(entries)
    const path = entries[700]!.info.path
    let answer = ''
    const collected = store.collectGarbage({
      ...defaultKeepSettings,
      onDelete: () => {
        if (answer !== '') return
        answer = 'asked'
        // As Nix does when it cannot get the lock: a line to the socket, and it waits for the answer.
        const socket = join(root, 'nix/var/nix/gc-socket/socket')
        const script =
          'import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); ' +
          's.sendall((sys.argv[2] + "\\n").encode()); print(s.recv(1).decode())'
        const last = entries.map(({ info }) => info.path).sort()[0]
        const child = spawn('python3', ['-c', script, socket, last!])
        child.stdout.on('data', (data) => (answer = String(data).trim()))
      },
    })
    const hold = await store.hold([path])
    await store.add([entries[700]!])
    await collected
    expect(store.isValidPath(path)).toBe(true)
    await store.verify({ checkContents: true })
    await hold.release()
  })

  it('wait for each other’s collections', async () => {
    await store.add([text('x', 'x')])
    const lock = await waitForLock(join(root, 'nix/var/nix/gc.lock'), 'exclusive')
    const told: string[] = []
    const collected = store.collectGarbage({
      ...defaultKeepSettings,
      onProgress: (message) => told.push(message),
    })
    await expect.poll(() => told).toEqual(['waiting for the big garbage collector lock...'])
    lock.release()
    expect((await collected).deleted.length).toBe(1)
  })

  it('lose nothing when both add and collect at once', async () => {
    const kept = text('kept', 'x')
    await store.add([kept])
    await store.setRoot('kept', kept.info.path)
    const files = Array.from({ length: 6 }, (_, i) => {
      const name = join(root, `file-${i}`)
      writeFileSync(name, String(i))
      return name
    })
    const real = files.map(async (name) => {
      const child = spawn('nix-store', ['--store', root, '--add', name], { stdio: 'ignore' })
      return once(child, 'exit')
    })
    const gc = [0, 1].map(() =>
      once(spawn('nix-store', ['--store', root, '--gc'], { stdio: 'ignore' }), 'exit'),
    )
    const ours = Array.from({ length: 30 }, async (_, i) => {
      const entry = sourceEntry(
        defaultStoreDir,
        `tree-${i}`,
        directory({ link: { type: 'symlink', target: kept.info.path }, i: file(String(i)) }),
        [kept.info.path],
      )
      const hold = await store.hold([entry.info.path])
      await store.add([entry])
      expect(store.isValidPath(entry.info.path)).toBe(true)
      expect(readFileSync(join(store.realPath(entry.info.path), 'i'), 'utf8')).toBe(String(i))
      await hold.release()
    })
    const exits = await Promise.all([...real, ...gc])
    await Promise.all([...ours, collect()])
    expect(exits.map(([code]) => code as number)).toEqual(exits.map(() => 0))
    nix('--verify', '--check-contents')
    await collect()
    expect(await store.allValidPaths()).toEqual([kept.info.path])
    const left = readdirSync(join(root, 'nix/store')).filter((name) => name !== '.links')
    expect(left).toEqual([kept.info.path.slice(defaultStoreDir.length + 1)])
  })

  it('keeps what a running process uses', async () => {
    const used = text('used', 'x')
    await store.add([used])
    const child = spawn('sleep', ['1000'], { env: { ...process.env, USES: used.info.path } })
    try {
      // Until the program has begun, its environment is ours.
      await expect
        .poll(() => readFileSync(`/proc/${child.pid}/cmdline`, 'latin1'))
        .toBe('sleep\x001000\0')
      expect((await collect()).deleted).toEqual([])
      expect(
        (await store.roots()).map(({ name, path, kind }) => ({ name, path, kind })),
      ).toContainEqual({
        name: `/proc/${child.pid}/environ`,
        path: used.info.path,
        kind: 'running',
      })
    } finally {
      child.kill()
      await once(child, 'exit')
    }
    expect((await collect()).deleted).toEqual([used.info.path])
  })

  it('leave no half-made path when we are killed while adding', async () => {
    const big = join(root, 'big')
    mkdirSync(big)
    for (let i = 0; i < 40; i++) writeFileSync(join(big, String(i)), Buffer.alloc(200_000, i))
    nix('--init')
    // Whatever an earlier process left is passed over and taken away.
    const incoming = join(root, 'nix/var/snowglobe/incoming')
    const dead = spawnSync('sh', ['-c', 'echo $$']).stdout.toString().trim()
    const namespace = readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')
    mkdirSync(join(incoming, `${dead}-${namespace}`, 'add-x'), { recursive: true })
    const again = await DiskStore.open(root, defaultStoreDir)
    expect(readdirSync(incoming)).toEqual([])
    again.close()
    const path = await addPath(store, big, 'big', { method: 'recursive', algorithm: 'sha256' })
    expect(nix('--verify-path', path)).toBe('')
  })
})
