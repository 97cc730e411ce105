/** Fetchers in commands, against real Nix: what they give, and how a wrong hash ends. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { nixVersion, removeStores, storeEnvironment, withoutNix } from './real-nix'

const ours = join(import.meta.dirname, '../backend/bin/nix-instantiate')
const root = realpathSync(mkdtempSync(join(tmpdir(), 'snowglobe-fetchers-')))
afterAll(() => removeStores(root))

const tree = join(root, 'tree')
mkdirSync(join(tree, 'top'), { recursive: true })
writeFileSync(join(tree, 'top/default.nix'), '{ a = 1; }')
writeFileSync(join(tree, 'text'), 'text')
execFileSync('tar', ['czf', join(root, 'tree.tar.gz'), '-C', tree, 'top'])

// One environment for both: paths tell the directory of the store.
const environment = { ...storeEnvironment(root), NIX_PATH: '' }

function run(command: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    command,
    ['--option', 'substituters', '', '--eval', '--read-write-mode', ...args],
    { encoding: 'utf8', timeout: 60_000, env: environment },
  )
  return { status, output: stdout.trim(), errors: stderr }
}

const archive = `file://${root}/tree.tar.gz`
const file = `file://${tree}/text`
const zeros = '0'.repeat(52)

describe('fetchers in commands', () => {
  it.skipIf(nixVersion === null)(`give what real Nix gives (${nixVersion ?? withoutNix})`, () => {
    const expressions = [
      `builtins.fetchurl "${file}"`,
      `builtins.fetchurl { url = "${file}"; name = "other"; }`,
      `fetchTarball "${archive}"`,
      `(import (fetchTarball { url = "${archive}"; name = "named"; })).a`,
    ]
    const args = ['--strict', '--expr', ...expressions]
    const found = run(ours, ...args)
    expect(found).toMatchObject({ status: 0, errors: '' })
    expect(found.output).toBe(run('nix-instantiate', ...args).output)
  })

  it('look in archives for what the search path names', () => {
    expect(run(ours, '-I', `t=${archive}`, '--expr', '(import <t>).a').output).toBe('1')
  })

  it.each([
    [
      `builtins.fetchurl { url = "${file}"; sha256 = "${zeros}"; }`,
      `error: hash mismatch in file downloaded from '${file}':`,
    ],
    [
      `fetchTarball { url = "${archive}"; sha256 = "${zeros}"; }`,
      `error: NAR hash mismatch in input '${archive}?narHash=`,
    ],
  ])('end with status 102 where the hash is another: %s', (expression, message) => {
    const { status, errors } = run(ours, '--expr', expression)
    expect(status).toBe(102)
    expect(errors).toContain(message)
  })
})
