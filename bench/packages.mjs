/**
 * A package's build in the sandbox against the same steps outside any, with the same toolchain. It has to be there:
 * `npm run packages -- hello` builds it. SNOWGLOBE_BENCH_PACKAGES names another store than that command's.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cacheDir, root } from '../scripts/repository.mjs'
import { median } from './statistics.mjs'

const store = process.env.SNOWGLOBE_BENCH_PACKAGES ?? join(cacheDir, 'packages')
const collection = join(root, 'pkgs')
const command = (name) => join(root, 'backend', 'bin', name)
const scratch = mkdtempSync(join(tmpdir(), 'snowglobe-packages-'))

export function close() {
  rmSync(scratch, { recursive: true, force: true })
}

/** What the shell of a build has of the toolchain, and what it works on. */
const parts = `let pkgs = import ${collection} { }; inherit (pkgs) lib hello stdenv; in {
  out = hello.outPath;
  src = hello.src.outPath;
  shell = stdenv.shell;
  path = lib.makeBinPath ([ stdenv.cc ] ++ stdenv.initialPath);
}`

/** The steps that hello's derivation takes as well, beside those of stdenv's own. */
const steps = `set -e
tar xf $src
cd hello-*
./configure --prefix=$PWD/../result --disable-dependency-tracking
make SHELL=$SHELL
make SHELL=$SHELL check VERBOSE=y
make SHELL=$SHELL install`

function run(program, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    ...options,
  })
  if (status !== 0) throw error ?? new Error(`${program} failed: ${stderr.slice(-2000)}`)
  return stdout
}

function seconds(work) {
  const start = performance.now()
  work()
  return (performance.now() - start) / 1000
}

/** Whole runs of `nix-build`, evaluation and comparison with the first result included. */
function inSandbox() {
  const args = [collection, '-A', 'hello', '--store', store, '--no-out-link', '--check']
  return seconds(() => run(command('nix-build'), args))
}

/** Programs of the toolchain lie below /nix/store wherever its store is: hence a mount of one's own. */
function outside({ src, shell, path }) {
  const directory = mkdtempSync(join(scratch, 'build-'))
  const mount = `mount --rbind "$1/nix" /nix && shift && exec "$@"`
  const args = ['--map-root-user', '--mount', 'sh', '-c', mount, 'sh', store]
  const env = { PATH: path, SHELL: shell, CONFIG_SHELL: shell, CC: 'gcc', src, TERM: 'dumb' }
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  return seconds(() =>
    run('unshare', [...args, 'env', '-i', ...variables, shell, '-c', steps], { cwd: directory }),
  )
}

/** Both by turns: what disturbs one disturbs the other. */
function ratio(toolchain, times) {
  const ratios = Array.from({ length: times }, () => inSandbox() / outside(toolchain))
  return median(ratios)
}

/** Where everything is, or what is missing. */
function findToolchain() {
  if (!existsSync('/nix')) return 'there is no /nix to put the toolchain at'
  if (!existsSync(store)) return '`npm run packages -- hello` was not run'
  const args = ['--eval', '--strict', '--json', '--readonly-mode', '-E', parts]
  const toolchain = JSON.parse(run(command('nix-instantiate'), args))
  if (!existsSync(join(store, toolchain.out)))
    return '`npm run packages -- hello` was not run since hello changed'
  return toolchain
}

const toolchain = findToolchain()
if (typeof toolchain === 'string')
  console.log(`- GNU hello, sandbox / outside: skipped, ${toolchain}`)

/** @type {import('./run.mjs').Row[]} */
export const rows =
  typeof toolchain === 'string'
    ? []
    : [
        {
          name: 'GNU hello, in the sandbox / outside',
          target: 1.3,
          unit: '×',
          measure: async () => ratio(toolchain, 3),
        },
      ]
