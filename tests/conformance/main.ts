/** Compares the language with Nix's own tests and with real Nix; scripts/conformance.mjs starts it. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { fuzz } from './fuzz'
import { runLanguageTests, type TestResult } from './language'
import { compareNixpkgs } from './nixpkgs'
import { compareLibrary } from './nixpkgs-lib'
import { judge, readSkipFile, grades, type Grade } from './skip-list'

const { values } = parseArgs({
  options: {
    'nix-source': { type: 'string' },
    nixpkgs: { type: 'string' },
    sample: { type: 'string', default: '300' },
    lib: { type: 'string' },
    fuzz: { type: 'string' },
    seed: { type: 'string', default: '1' },
    filter: { type: 'string', default: '' },
    /** The repository's root, and where results are written. */
    root: { type: 'string', default: '.' },
    'results-directory': { type: 'string', default: '.cache/conformance' },
  },
})

let failed = false

async function compareLanguage(source: string): Promise<void> {
  const results = await runLanguageTests(source, values.filter)
  writeResults(results)
  const skips = readSkipFile(join(values.root, 'tests/conformance/known-differences.txt'))
  console.log(`Nix's language tests: ${results.length}, on both evaluators, and from encoded trees`)
  for (const [kind, title] of [
    ['eval-okay', 'values'],
    ['eval-fail', 'failing evaluations'],
    ['parse-okay', 'trees'],
    ['parse-fail', 'failing parses'],
  ]) {
    const some = results.filter(({ name }) => name.startsWith(kind))
    console.log(`  ${title.padEnd(20)} ${counts(some)}`)
  }
  const golden = results.filter(({ hasGolden }) => hasGolden)
  console.log(`  ${'standard error'.padEnd(20)} ${counts(golden)}`)
  const atLeast = golden.filter(({ grade }) => grade === 'same' || grade === 'message').length
  const same = golden.filter(({ grade }) => grade === 'same').length
  console.log(
    `  byte for byte ${percent(same, golden.length)}, message and place ${percent(atLeast, golden.length)}`,
  )
  for (const { name, grade } of results.filter(({ grade }) => grade !== 'same')) {
    const known = skips.get(name)
    console.log(`  - ${name} (${grade})${known === undefined ? '' : `: ${known.reason}`}`)
  }
  const disagreeing = results.filter(({ enginesAgree }) => !enginesAgree)
  for (const { name } of disagreeing) problem(`${name}: the two evaluators differ`)
  if (values.filter === '') {
    const found = new Map<string, Grade>(results.map(({ name, grade }) => [name, grade]))
    judge(found, skips).forEach(problem)
  }
}

function counts(results: readonly TestResult[]): string {
  const parts = grades.map((grade) => [
    results.filter((result) => result.grade === grade).length,
    grade,
  ])
  return parts
    .filter(([count]) => count !== 0)
    .map(([count, grade]) => `${count} ${grade}`)
    .join(', ')
}

function percent(part: number, whole: number): string {
  return `${part} of ${whole} (${((100 * part) / whole).toFixed(1)} %)`
}

function problem(text: string): void {
  failed = true
  console.log(`✗ ${text}`)
}

/** What differs, for a look with `diff -r`. */
function writeResults(results: readonly TestResult[]): void {
  const directory = values['results-directory']
  rmSync(directory, { recursive: true, force: true })
  for (const kind of ['expected', 'found'] as const) {
    mkdirSync(join(directory, kind), { recursive: true })
    for (const result of results) {
      if (result.grade === 'same') continue
      const { status, output, errors } = result[kind]
      const text = `status ${status}\n${output}\n${errors}`
      writeFileSync(join(directory, kind, result.name), text, 'latin1')
    }
  }
  console.log(`(what differs: diff -r ${directory}/expected ${directory}/found)`)
}

async function compareRandom(count: number, seed: number): Promise<void> {
  const { values, failures, problems } = await fuzz(count, seed)
  console.log(`random expressions of seed ${seed}: ${values} values and ${failures} failures alike`)
  problems.forEach(problem)
}

function comparePackages(nixpkgs: string, count: number): void {
  const { same, compared, problems } = compareNixpkgs(nixpkgs, count)
  console.log(`nixpkgs: ${same} of ${compared} derivations alike`)
  problems.forEach(problem)
}

function compareLib(library: string): void {
  const { same, here, problems } = compareLibrary(library)
  const more = here.length === 0 ? '' : `; only here: ${here.join(', ')}`
  console.log(`library: ${same} attributes alike${more}`)
  problems.forEach(problem)
}

if (values['nix-source'] !== undefined) await compareLanguage(resolve(values['nix-source']))
if (values.fuzz !== undefined) await compareRandom(Number(values.fuzz), Number(values.seed))
if (values.nixpkgs !== undefined) comparePackages(resolve(values.nixpkgs), Number(values.sample))
if (values.lib !== undefined) compareLib(resolve(values.lib))
process.exitCode = failed ? 1 : 0
