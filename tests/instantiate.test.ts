/**
 * The derivations that nix-instantiate writes are, byte for byte, those of real Nix: for every case of
 * drv-corpus, its inputs and the sources it copies.
 */
import { execFileSync } from 'node:child_process'
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nixVersion, storeEnvironment, withoutNix } from './real-nix'

const corpus = join(import.meta.dirname, 'drv-corpus')
const cases = readdirSync(corpus)
  .filter((file) => file.endsWith('.nix') && file !== 'default.nix')
  .map((file) => file.slice(0, -'.nix'.length))
const ours = join(import.meta.dirname, '../backend/bin/nix-instantiate')

/** What one implementation wrote: its store, and the `.drv` (perhaps `!output`) of each case. */
interface Instantiated {
  store: string
  derivations: Map<string, string>
}

/**
 * Both write to a store of the same name, one after the other, because the store directory is part of
 * what a derivation says. What was written is then moved aside, under `name`.
 */
function instantiate(command: string, directory: string, name: string): Instantiated {
  const env = storeEnvironment(join(directory, 'nix'))
  const output = execFileSync(command, [join(corpus, 'default.nix')], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines = output.trim().split('\n')
  renameSync(join(directory, 'nix'), join(directory, name))
  return {
    store: join(directory, name, 'store'),
    // A set is instantiated in the order of its names.
    derivations: new Map(sorted(cases).map((name, i) => [name, lines[i] ?? ''])),
  }
}

function sorted(names: string[]): string[] {
  return [...names].sort((a, b) => (a < b ? -1 : 1))
}

/** A tree of files as the store keeps it: what each is, whether it can be executed, its contents. */
function readTree(path: string): unknown {
  const status = lstatSync(path)
  if (status.isSymbolicLink()) return { link: readlinkSync(path, 'latin1') }
  if (!status.isDirectory()) {
    return { executable: (status.mode & 0o100) !== 0, contents: readFileSync(path, 'latin1') }
  }
  const names = sorted(readdirSync(path, 'latin1'))
  return Object.fromEntries(names.map((name) => [name, readTree(join(path, name))]))
}

describe.skipIf(nixVersion === null)(`nix-instantiate against ${nixVersion ?? withoutNix}`, () => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'snowglobe-instantiate-')))
  let real: Instantiated
  let own: Instantiated

  beforeAll(() => {
    real = instantiate('nix-instantiate', directory, 'real')
    own = instantiate(ours, directory, 'own')
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  it.each(cases)('writes the same derivation for %s', (name) => {
    const path = real.derivations.get(name)!
    const [expected, actual] = [real, own].map(({ store, derivations }) => {
      const written = basename(derivations.get(name)!).replace(/!.*/, '')
      return readFileSync(join(store, written), 'latin1')
    })
    // The contents first: they show what differs, where paths only tell that something does.
    expect(actual).toBe(expected)
    expect(own.derivations.get(name)).toBe(path)
  })

  it('writes the same store paths, sources included, and no others', () => {
    const names = (store: string) => readdirSync(store).filter((name) => !name.startsWith('.'))
    expect(sorted(names(own.store))).toEqual(sorted(names(real.store)))
    for (const name of names(real.store)) {
      expect(readTree(join(own.store, name)), name).toEqual(readTree(join(real.store, name)))
    }
  })

  it('covers at least forty shapes', () => {
    expect(cases.length).toBeGreaterThanOrEqual(40)
    expect(real.derivations.size).toBe(cases.length)
  })
})
