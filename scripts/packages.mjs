/**
 * Builds packages of the starter collection in a store of their own:
 * `npm run packages -- [--check] [--write] [--jobs N] [--store DIRECTORY] [NAME…]`.
 *
 * All of them where none is named, in the order in which they are named. `--check` builds each twice and
 * compares; `--write` keeps docs/packages.md up to date with what came of it, package by package. What
 * was found out is remembered in the store's directory: run again, it goes on with the
 * packages that have changed since, and with those that failed. `--jobs` packages are built at a time.
 * `--store` names another store than the one below .cache.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from './build.mjs'
import { checkBootstrapNode, installDependencies } from './dependencies.mjs'
import { Advice, cacheDir, root } from './repository.mjs'
import { bold, dim, fail, green, red, seconds, step } from './steps.mjs'

const collection = join(root, 'pkgs')
const reportFile = join(root, 'docs', 'packages.md')
/** Lines of a failed build that are shown. */
const shownLines = 30

/**
 * What is known before anything is built: of each package, and the paths that nothing may need when it
 * runs, since they are what packages are built with.
 *
 * @typedef {{ drvPath: string, version: string, outputs: string[] }} Package
 * @typedef {{ packages: Record<string, Package>, forBuilding: string[] }} Collection
 */
const question = `
  let
    pkgs = import ${collection} { };
    inherit (pkgs) lib toolchain stdenv stdenvNoCC;
    describe = package: {
      inherit (package) drvPath version;
      outputs = map (output: package.\${output}.outPath) (package.outputs or [ "out" ]);
    };
  in
  {
    packages = lib.genAttrs (lib.attrNames (builtins.readDir ${collection}/packages)) (
      name: describe pkgs.\${name}
    );
    forBuilding = map toString [
      stdenv stdenvNoCC stdenv.cc toolchain.gcc toolchain.binutils toolchain.libc.dev
    ];
  }`

/**
 * What came of one package. `repeats` is null where it was built once only.
 *
 * @typedef {{ outputSize: number, closureSize: number, milliseconds: number, repeats: boolean | null, failure: string | null }} Result
 */

/**
 * Results by the path of the first output, remembered between runs: that tells all of a build but the
 * addresses of its sources.
 */
class Memory {
  constructor(store) {
    this.file = join(store, 'packages.json')
    /** @type {Record<string, Result>} */
    this.results = existsSync(this.file) ? JSON.parse(readFileSync(this.file, 'utf8')) : {}
    mkdirSync(store, { recursive: true })
  }

  get({ outputs }) {
    return this.results[outputs[0]]
  }

  set({ outputs }, result) {
    this.results[outputs[0]] = result
    writeFileSync(this.file, `${JSON.stringify(this.results, null, 2)}\n`)
  }
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      check: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      jobs: { type: 'string', default: '1' },
      store: { type: 'string', default: join(cacheDir, 'packages') },
    },
  })
  const store = resolve(values.store)
  const jobs = Number(values.jobs)
  if (!(jobs >= 1)) throw new Advice(`--jobs ${values.jobs} is no number of packages.`, '')
  checkBootstrapNode()
  await step('Dependencies', installDependencies)
  await step('Build', build)

  const { packages, forBuilding } = await instantiateCollection(store)
  const unknown = positionals.filter((name) => !Object.hasOwn(packages, name))
  if (unknown.length > 0) throw new Advice(`There is no package ${unknown.join(', ')}.`, '')
  const memory = new Memory(store)
  const waiting = positionals.length > 0 ? [...positionals] : Object.keys(packages)
  const chosen = [...waiting]
  const save = () => {
    if (values.write) writeFileSync(reportFile, report(packages, memory))
  }
  const worker = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const known = memory.get(packages[name])
      if (known?.failure === null && known.repeats !== false && (!values.check || known.repeats)) {
        announce(name, known, 'known')
        continue
      }
      const result = await buildPackage(packages[name], forBuilding, {
        store,
        jobs,
        check: values.check,
      })
      memory.set(packages[name], result)
      announce(name, result, seconds(result.milliseconds))
      save()
    }
  }
  await Promise.all(Array.from({ length: jobs }, worker))
  save()
  const good = chosen.filter((name) => isGood(memory.get(packages[name])))
  console.log(`\n${bold(`${good.length} of ${chosen.length} packages`)}`)
  process.exitCode = good.length === chosen.length ? 0 : 1
}

function isGood(result) {
  return result.failure === null && result.repeats !== false
}

function announce(name, result, how) {
  const { failure, repeats, closureSize } = result
  const word =
    failure !== null ? 'failed' : repeats === false ? 'another result the second time' : ''
  const detail = word === '' ? `${how}, closure ${bytes(closureSize)}` : word
  console.log(`${isGood(result) ? green('✓') : red('✗')} ${name.padEnd(16)} ${dim(detail)}`)
  if (failure !== null) console.log(failure)
}

/**
 * Puts the derivations of all packages into the store: what is changed while some are built is left to the
 * next run.
 *
 * @returns {Promise<Collection>}
 */
async function instantiateCollection(store) {
  const args = [
    '--store',
    store,
    '--eval',
    '--read-write-mode',
    '--strict',
    '--json',
    '-E',
    question,
  ]
  const { status, stdout, stderr } = await run('nix-instantiate', args)
  if (status !== 0) throw new Advice('The collection could not be evaluated.', '', tail(stderr))
  return JSON.parse(stdout)
}

/** @returns {Promise<Result>} */
async function buildPackage({ drvPath, outputs }, forBuilding, { store, jobs, check }) {
  const args = [drvPath, '--store', store, '--no-out-link']
  const start = performance.now()
  const cores = Math.max(1, Math.floor(availableParallelism() / jobs))
  const built = await run('nix-build', [...args, '--cores', String(cores)])
  /** @type {Result} */
  const result = {
    outputSize: 0,
    closureSize: 0,
    milliseconds: performance.now() - start,
    repeats: null,
    failure: built.status === 0 ? null : tail(built.stderr),
  }
  if (result.failure !== null) return result

  const query = async (...words) => {
    const { stdout } = await run('nix-store', ['--store', store, '--query', ...words])
    return stdout.trim().split('\n')
  }
  const sum = (numbers) => numbers.reduce((total, number) => total + Number(number), 0)
  const closure = await query('--requisites', ...outputs)
  result.outputSize = sum(await query('--size', ...outputs))
  result.closureSize = sum(await query('--size', ...closure))
  const kept = closure.filter((path) => forBuilding.includes(path))
  if (kept.length > 0) {
    result.failure = `It needs what it was built with when it runs:\n${kept.join('\n')}`
    return result
  }
  if (check) {
    // With all processors now: what depends on the order of its steps should show it.
    const again = await run('nix-build', [...args, '--check', '--cores', '0'])
    result.repeats = again.status === 0
    if (again.status !== 0) console.log(tail(again.stderr))
  }
  return result
}

/** Runs one of the commands in backend/bin. */
function run(name, args) {
  return new Promise((settle, reject) => {
    const child = spawn(join(root, 'backend', 'bin', name), args, {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const output = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'])
      child[stream].setEncoding('utf8').on('data', (text) => (output[stream] += text))
    child.on('error', reject)
    child.on('close', (status) => settle({ status, ...output }))
  })
}

function tail(text) {
  return text.trimEnd().split('\n').slice(-shownLines).join('\n')
}

/** `1.2 MB` */
function bytes(count) {
  return count < 1e6 ? `${Math.round(count / 1e3)} kB` : `${(count / 1e6).toFixed(1)} MB`
}

/** All packages, and what is known of them as they are now. */
function report(packages, memory) {
  const line = ([name, description]) => {
    const cells = [name, description.version]
    const result = memory.get(description)
    if (result === undefined) cells.push('', '', '')
    else if (result.failure !== null) cells.push('', '', 'fails')
    else {
      const twice = { true: 'equal', false: 'differs', null: 'built once' }[String(result.repeats)]
      cells.push(bytes(result.outputSize), bytes(result.closureSize), twice)
    }
    return `| ${cells.join(' | ')} |`
  }
  return [
    '# Packages of the starter collection',
    '',
    'Written by `npm run packages -- --check --write`: each was built from its source by `pkgs/stdenv`, twice where the last column says so,',
    'and none needs the compiler when it runs. Sizes are those of all outputs, and of all that they need. Where nothing stands, it was not built since it, or what',
    'it is built with, changed.',
    '',
    '| package | version | size | closure | built twice |',
    '|---|---|---|---|---|',
    ...Object.entries(packages).map(line),
    '',
  ].join('\n')
}

try {
  await main()
} catch (error) {
  fail(error)
}
