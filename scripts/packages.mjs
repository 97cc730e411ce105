/**
 * Builds packages of the starter collection in a store of their own:
 * `npm run packages -- [--check] [--write] [--store DIRECTORY] [NAME…]`.
 *
 * All of them where none is named. `--check` builds each twice and compares; `--write` writes what
 * came of it to docs/packages.md. `--store` names another store than the one below .cache.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from './build.mjs'
import { checkBootstrapNode, installDependencies } from './dependencies.mjs'
import { Advice, cacheDir, root } from './repository.mjs'
import { bold, dim, fail, green, red, seconds, step } from './steps.mjs'

const collection = join(root, 'pkgs')
let store = join(cacheDir, 'packages')
const command = (name) => join(root, 'backend', 'bin', name)
/** Lines of a failed build that are shown. */
const shownLines = 30

/** @typedef {{ name: string, version: string, path: string, size: number, closure: number, milliseconds: number, repeats: boolean | null, failure: string | null }} Result */

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      check: { type: 'boolean' },
      write: { type: 'boolean' },
      store: { type: 'string', default: store },
    },
  })
  store = resolve(values.store)
  const all = readdirSync(join(collection, 'packages')).sort()
  const unknown = positionals.filter((name) => !all.includes(name))
  if (unknown.length > 0) throw new Advice(`There is no package ${unknown.join(', ')}.`, '')
  checkBootstrapNode()
  await step('Dependencies', installDependencies)
  await step('Build', build)
  /** @type {Result[]} */
  const results = []
  for (const name of positionals.length > 0 ? positionals : all) {
    const result = buildPackage(name, values.check === true)
    results.push(result)
    const { failure, milliseconds, repeats, closure } = result
    const word = repeats === false ? 'another result the second time' : `closure ${bytes(closure)}`
    const mark = failure === null && repeats !== false ? green('✓') : red('✗')
    console.log(
      `${mark} ${name.padEnd(16)} ${dim(failure === null ? `${seconds(milliseconds)}, ${word}` : 'failed')}`,
    )
    if (failure !== null) console.log(failure)
  }
  const bad = results.filter(({ failure, repeats }) => failure !== null || repeats === false)
  console.log(`\n${bold(`${results.length - bad.length} of ${results.length} packages`)}`)
  if (values.write) writeFileSync(join(root, 'docs', 'packages.md'), report(results))
  process.exitCode = bad.length === 0 ? 0 : 1
}

/** @returns {Result} */
function buildPackage(name, check) {
  const args = [collection, '-A', name, '--store', store, '--no-out-link']
  const start = performance.now()
  const built = run('nix-build', args)
  const result = {
    ...{ name, version: '', path: '', size: 0, closure: 0 },
    milliseconds: performance.now() - start,
    repeats: null,
    failure: null,
  }
  if (built.status !== 0) return { ...result, failure: tail(built.stderr) }
  const path = built.stdout.trim().split('\n')[0]
  const query = (...queryArgs) =>
    run('nix-store', ['--store', store, '-q', ...queryArgs])
      .stdout.trim()
      .split('\n')
  const sum = (numbers) => numbers.reduce((total, number) => total + Number(number), 0)
  return {
    ...result,
    path,
    version: /^\/nix\/store\/.{32}-.*?-(\d[^-]*)/.exec(path)?.[1] ?? '',
    size: sum(query('--size', path)),
    closure: sum(query('--size', ...query('--requisites', path))),
    repeats: check ? run('nix-build', [...args, '--check']).status === 0 : null,
  }
}

function run(name, args) {
  return spawnSync(command(name), args, { encoding: 'utf8', maxBuffer: 1 << 30 })
}

function tail(text) {
  return text.trimEnd().split('\n').slice(-shownLines).join('\n')
}

/** `1.2 MB` */
function bytes(count) {
  return count < 1e6 ? `${Math.round(count / 1e3)} kB` : `${(count / 1e6).toFixed(1)} MB`
}

/** @param {Result[]} results */
function report(results) {
  const line = ({ name, version, size, closure, repeats, failure }) => {
    const twice = { true: 'equal', false: 'differs', null: '' }[String(repeats)]
    return failure === null
      ? `| ${name} | ${version} | ${bytes(size)} | ${bytes(closure)} | ${twice} |`
      : `| ${name} | | | | fails |`
  }
  return [
    '# Packages of the starter collection',
    '',
    'Written by `npm run packages -- --check --write`: each was built from its source by `pkgs/stdenv`, twice where the last column says so.',
    '',
    '| package | version | size | closure | built twice |',
    '|---|---|---|---|---|',
    ...results.map(line),
    '',
  ].join('\n')
}

try {
  await main()
} catch (error) {
  fail(error)
}
