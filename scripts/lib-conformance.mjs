/**
 * Runs the tests of nixpkgs' lib against the starter collection's: `node scripts/lib-conformance.mjs DIRECTORY [--real]`, where DIRECTORY is a checkout of
 * nixpkgs or of nix-community/nixpkgs.lib. With --real, real Nix evaluates, else Snowglobe (which must be built). See docs/lib.md.
 */
import { execFile } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { Advice, root } from './repository.mjs'
import { fail } from './steps.mjs'

const run = promisify(execFile)

const { values, positionals } = parseArgs({
  options: { real: { type: 'boolean', default: false } },
  allowPositionals: true,
})

/** The whole of lib/tests with our lib around it, as the tests expect to find it. */
function layOut(checkout, work) {
  const tests = join(checkout, 'lib/tests')
  if (!existsSync(join(tests, 'misc.nix'))) {
    throw new Advice(
      `There is no lib/tests/misc.nix in ${checkout}.`,
      'Give the directory of a checkout of nixpkgs, or of nix-community/nixpkgs.lib.',
    )
  }
  cpSync(join(root, 'pkgs/lib'), join(work, 'lib'), { recursive: true })
  cpSync(tests, join(work, 'lib/tests'), { recursive: true })
  mkdirSync(join(work, 'bin'))
  const ours = join(root, 'backend/bin/nix-instantiate')
  if (!values.real) symlinkSync(ours, join(work, 'bin/nix-instantiate'))
  return {
    ...process.env,
    PATH: [join(work, 'bin'), process.env.PATH].join(delimiter),
    HOME: work,
    NIX_STORE_DIR: join(work, 'store'),
    NIX_STATE_DIR: join(work, 'state'),
    NIX_LOG_DIR: join(work, 'log'),
  }
}

/** Each test of misc.nix and whether it passes. A test that stops evaluation is evaluated alone. */
async function misc(work, env) {
  // With this runTests, the file is the tests themselves rather than a list of those that failed.
  const file = join(work, 'lib/tests/cases.nix')
  const source = readFileSync(join(work, 'lib/tests/misc.nix'), 'utf8')
  const load = 'lib = import ../default.nix;'
  if (!source.includes(load)) throw new Error(`misc.nix does not say \`${load}\``)
  writeFileSync(
    file,
    source.replace(
      load,
      'lib = (import ../default.nix).extend (_: _: { runTests = tests: tests; });',
    ),
  )
  const evaluate = async (expression) => {
    const args = ['--eval', '--strict', '--json', '--read-write-mode', '-E', expression]
    const { stdout } = await run('nix-instantiate', args, { cwd: work, env, maxBuffer: 1 << 28 })
    return JSON.parse(stdout)
  }
  const names = await evaluate(`builtins.attrNames (import ${file})`)
  const passing = async (some) => {
    const list = JSON.stringify(JSON.stringify(some)).replaceAll('${', '\\${')
    try {
      return await evaluate(`
        let tests = import ${file}; in
        map (name: tests.\${name}.expr == tests.\${name}.expected) (builtins.fromJSON ${list})`)
    } catch {
      if (some.length === 1) return [false]
      const middle = some.length >> 1
      return [...(await passing(some.slice(0, middle))), ...(await passing(some.slice(middle)))]
    }
  }
  const results = await passing(names)
  return names.map((name, i) => ({ name, passed: results[i] }))
}

/** What modules.sh prints: counts, and the line of each test that failed. */
async function modules(work, env) {
  const { stdout } = await run('bash', [join(work, 'lib/tests/modules.sh')], {
    env,
    maxBuffer: 1 << 28,
  }).catch((error) => error)
  const count = (what) => Number(new RegExp(`^(\\d+) ${what}$`, 'm').exec(stdout)?.[1] ?? NaN)
  const source = readFileSync(join(work, 'lib/tests/modules.sh'), 'utf8').split('\n')
  const failed = [...stdout.matchAll(/at \S*modules\.sh:(\d+)/g)].map(
    ([, line]) => `modules.sh:${line}: ${source[Number(line) - 1]}`,
  )
  return { passed: count('Pass'), failedCount: count('Fail'), failed }
}

async function main() {
  const [checkout] = positionals
  if (checkout === undefined) {
    throw new Advice(
      'Whose tests?',
      'Give the directory of a checkout of nixpkgs, or of nix-community/nixpkgs.lib.',
    )
  }
  const work = mkdtempSync(join(tmpdir(), 'snowglobe-lib-tests-'))
  try {
    const env = layOut(resolve(checkout), work)
    const cases = await misc(work, env)
    const failures = cases.filter(({ passed }) => !passed).map(({ name }) => name)
    console.log(`lib/tests/misc.nix    ${cases.length - failures.length} of ${cases.length} pass`)
    for (const name of failures) console.log(`  - ${name}`)
    const { passed, failedCount, failed } = await modules(work, env)
    console.log(`lib/tests/modules.sh  ${passed} of ${passed + failedCount} pass`)
    for (const line of failed) console.log(`  - ${line}`)
    const least = Math.min(
      (cases.length - failures.length) / cases.length,
      passed / (passed + failedCount),
    )
    process.exitCode = least >= 0.95 ? 0 : 1
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

try {
  await main()
} catch (error) {
  fail(error)
}
