/** The starter collection: the same derivations as real Nix computes, and packages that build. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { busyboxSeedExpression, busyboxSeeds } from '../shared/src/busybox-seed'
import { nixVersion, storeEnvironment, withoutNix } from './real-nix'

const collection = join(import.meta.dirname, '../pkgs')
const bin = join(import.meta.dirname, '../backend/bin')
const buildSupport = join(import.meta.dirname, 'collection/build-support.nix')
const manual = join(import.meta.dirname, 'collection/manual.nix')
const packages = readdirSync(join(collection, 'packages')).sort()

const allDerivations = (system: string) => `
  let pkgs = import ${collection} { system = "${system}"; }; in
  pkgs.lib.genAttrs (builtins.attrNames (builtins.readDir ${collection}/packages))
    (name: pkgs.\${name}.drvPath)
  // builtins.mapAttrs (_: drv: drv.drvPath) (import ${buildSupport} pkgs)`

/** What the examples of nixpkgs' manual have to give, whoever evaluates them. */
const manualResults = {
  mkDerivation: {
    name: 'greeter-1.2',
    configureFlags: ['--with-zlib'],
    page: 'https://example.org/greeter-1.2',
    description: "Greets greeter's reader",
    licence: 'MIT',
  },
  overrideAttrs: {
    names: ['greeter-2.0', 'the-greeter-2.0', 'other-1.2'],
    configureFlags: ['--with-zlib', '--enable-tests', '--verbose'],
    page: 'https://example.org/greeter-2.0',
    before: 'greeter-1.2',
  },
  callPackage: {
    flags: [['--enable-colours'], ...Array<string[]>(3).fill(['--disable-colours'])],
    missing: 'default',
  },
  overlays: {
    answer: 42,
    changed: true,
    usesChangedZlib: [true],
    rebuilt: ['zlib', 'libpng', 'file'],
  },
  writeShellApplication: { main: expect.stringMatching(/-say\/bin\/say$/) as string },
  mkShell: { WHO: 'you', hooks: ['echo welcome'], inputs: ['zlib-1.2.13', 'hello-2.10'] },
  evalModules: {
    enable: true,
    port: 8443,
    address: 'http://example.org:8443',
    names: ['first', 'last'],
    users: { ann: { home: '/home/ann' }, bob: { home: '/srv/bob' } },
    wrong: false,
  },
}

describe('the starter collection', () => {
  const directory = mkdtempSync(join(tmpdir(), 'snowglobe-collection-'))
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  const evaluate = (command: string, expression: string) =>
    JSON.parse(
      execFileSync(command, ['--eval', '--strict', '--json', '--readonly-mode', '-E', expression], {
        env: storeEnvironment(directory),
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    ) as Record<string, unknown>

  it.skipIf(nixVersion === null).each(['x86_64-linux', 'aarch64-linux'])(
    `has the derivations that real Nix computes, for %s${nixVersion === null ? ` (${withoutNix})` : ''}`,
    (system) => {
      const ours = evaluate(join(bin, 'nix-instantiate'), allDerivations(system))
      expect(Object.keys(ours)).toEqual(expect.arrayContaining(packages))
      expect(ours).toEqual(evaluate('nix-instantiate', allDerivations(system)))
    },
    120_000,
  )

  it.each(Object.keys(busyboxSeeds))('begins with the seed of builders, for %s', (system) => {
    const ours = `import ${collection}/bootstrap/busybox.nix { system = "${system}"; }`
    const seeds = `[ (${ours}) (${busyboxSeedExpression(system)}) ]`
    const paths = `map (seed: [ seed.drvPath seed.outPath ]) ${seeds}`
    const [inNix, expected] = evaluate(join(bin, 'nix-instantiate'), paths) as unknown as string[][]
    expect(inNix).toEqual(expected)
  })

  const examples = `import ${manual} ${collection}`
  const ofTheManual = evaluate(join(bin, 'nix-instantiate'), examples)

  it.skipIf(nixVersion === null)(
    `evaluates what nixpkgs' manual shows as real Nix does${nixVersion === null ? ` (${withoutNix})` : ''}`,
    () => {
      expect(ofTheManual).toEqual(evaluate('nix-instantiate', examples))
    },
  )

  it.each(Object.entries(manualResults))("has nixpkgs' %s", (name, expected) => {
    expect(ofTheManual[name]).toMatchObject(expected)
  })
})
