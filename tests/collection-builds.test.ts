/** The starter collection builds: packages from their sources, and what its stdenv promises of builds. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { aptMirrors } from '../backend/src/fetch/apt-mirrors'

const collection = join(import.meta.dirname, '../pkgs')
const behaviours = join(import.meta.dirname, 'collection/stdenv.nix')
const bin = join(import.meta.dirname, '../backend/bin')

/** For downloads of the toolchain and its unpacking, and all builds after it, on two processors. */
const patience = 240_000
const mirror = aptMirrors().get('debian')?.[0] ?? 'https://deb.debian.org/debian'
const reachable = await canReach(mirror)
const skipped = reachable ? '' : ` (${mirror} cannot be reached: there is nothing to build from)`

async function canReach(address: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(10_000)
    const answer = await fetch(`${address.replace(/\/$/, '')}/dists/stable/Release`, { signal })
    await answer.body?.cancel()
    return answer.ok
  } catch {
    return false
  }
}

describe.skipIf(!reachable)(`builds of the starter collection${skipped}`, () => {
  const store = realpathSync(mkdtempSync(join(tmpdir(), 'snowglobe-builds-')))
  afterAll(() => {
    // Store paths are closed even to their owner.
    spawnSync('chmod', ['-R', 'u+w', store])
    spawnSync('rm', ['-rf', store])
  })

  const run = (command: string, ...args: string[]) =>
    spawnSync(join(bin, command), ['--store', store, ...args], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    })

  const build = (...args: string[]) => {
    const { status, stdout, stderr } = run('nix-build', '--no-out-link', ...args)
    return { status, paths: stdout.trim().split('\n'), log: stderr.slice(-4000) }
  }

  /** What a program of that store prints, where the store is the whole world. */
  const output = (program: string, ...args: string[]) =>
    spawnSync('unshare', ['--map-root-user', 'chroot', store, program, ...args], {
      encoding: 'utf8',
    }).stdout

  it(
    'has packages whose programs run, and that need no compiler to do so',
    () => {
      const names = ['bzip2', 'figlet', 'hello', 'tinycc', 'tree']
      const { status, paths, log } = build(collection, ...names.flatMap((name) => ['-A', name]))
      expect(status, log).toBe(0)
      const [bzip2, figlet, hello, tinycc, tree] = paths as [string, string, string, string, string]
      expect(output(`${hello}/bin/hello`)).toBe('Hello, world!\n')
      expect(output(`${figlet}/bin/figlet`, 'Nix')).toContain(String.raw`| \ | (_)`)
      expect(output(`${tree}/bin/tree`, '--noreport', `${hello}/bin`)).toMatch(/(--|──) hello/)
      expect(output(`${tinycc}/bin/tcc`, '-v')).toContain('tcc version 0.9.27')
      const needed = run('nix-store', '-q', '--requisites', bzip2, figlet, hello, tree).stdout
      expect(needed).toContain('-glibc-2.36\n')
      expect(needed).not.toMatch(/-(gcc-12.2.0|gcc-wrapper-12.2.0|binutils-2.40|glibc-2.36-dev)$/m)
    },
    patience,
  )

  it(
    'does what is documented of stdenv',
    () => {
      const all = `import ${behaviours} (import ${collection} { })`
      const { status, log } = build('--keep-going', '-E', all)
      expect(status, log).toBe(0)
    },
    patience,
  )

  it(
    'announces its phases to who reads the log',
    () => {
      const twice = `(import ${behaviours} (import ${collection} { })).phasesAndHooks`
      const { status, paths, log } = build('-E', twice)
      expect(status, log).toBe(0)
      const lines = run('nix-store', '--read-log', ...paths).stdout.split('\n')
      const announced = lines
        .filter((line) => line.startsWith('@nix '))
        .map((line) => (JSON.parse(line.slice('@nix '.length)) as { phase: string }).phase)
      expect(announced.join(' ')).toBe(
        'unpackPhase patchPhase configurePhase buildPhase checkPhase installPhase fixupPhase installCheckPhase',
      )
    },
    patience,
  )
})
