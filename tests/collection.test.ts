/** The starter collection: the same derivations as real Nix computes, and packages that build. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { nixVersion, storeEnvironment, withoutNix } from './real-nix'

const collection = join(import.meta.dirname, '../pkgs')
const bin = join(import.meta.dirname, '../backend/bin')
const buildSupport = join(import.meta.dirname, 'collection/build-support.nix')
const packages = readdirSync(join(collection, 'packages')).sort()

const allDerivations = (system: string) => `
  let pkgs = import ${collection} { system = "${system}"; }; in
  pkgs.lib.genAttrs (builtins.attrNames (builtins.readDir ${collection}/packages))
    (name: pkgs.\${name}.drvPath)
  // builtins.mapAttrs (_: drv: drv.drvPath) (import ${buildSupport} pkgs)`

describe('the starter collection', () => {
  const directory = mkdtempSync(join(tmpdir(), 'snowglobe-collection-'))
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  const derivations = (command: string, system: string) =>
    JSON.parse(
      execFileSync(
        command,
        ['--eval', '--strict', '--json', '--readonly-mode', '-E', allDerivations(system)],
        { env: storeEnvironment(directory), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
      ),
    ) as Record<string, string>

  it.skipIf(nixVersion === null).each(['x86_64-linux', 'aarch64-linux'])(
    `has the derivations that real Nix computes, for %s${nixVersion === null ? ` (${withoutNix})` : ''}`,
    (system) => {
      const ours = derivations(join(bin, 'nix-instantiate'), system)
      expect(Object.keys(ours)).toEqual(expect.arrayContaining(packages))
      expect(ours).toEqual(derivations('nix-instantiate', system))
    },
    120_000,
  )
})
