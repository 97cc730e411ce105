/**
 * `npm test`: everything, quick stages first. `npm test -- unit types` runs the named stages only.
 *
 * The last line printed is `N passed, N failed, N skipped`: the tests of all stages, and one failure
 * for each stage that failed otherwise (a file that is not formatted, a type error). A test that
 * fails is tried once more: what passes only then is named in the summary, as is what failed.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { checkBootstrapNode, installDependencies } from './dependencies.mjs'
import { build } from './build.mjs'
import { freePort } from './free-port.mjs'
import { Advice, cacheDir, packageScript, pinnedNode } from './repository.mjs'
import { bold, dim, fail, green, red, runHere, seconds, step, yellow } from './steps.mjs'
import {
  optionalPackages,
  installSystemPackages,
  missingPackages,
  testPackages,
} from './system-packages.mjs'

const reports = join(cacheDir, 'test')

const vitest = (project) => ({
  title: `Tests: ${project}`,
  script: packageScript('vitest', 'vitest.mjs'),
  args: [
    ...['run', '--project', project, '--retry=1'],
    ...['--reporter=default', '--reporter=scripts/vitest-report.mjs'],
  ],
  reportVariable: 'SNOWGLOBE_TEST_REPORT',
  read: (report) => report,
})

const nothing = { passed: 0, failed: 0, skipped: 0, failures: [], flaky: [] }
/** Failed tests that the summary tells of one by one. */
const shownFailures = 20

/** In the order they run: what answers soonest comes first. */
const stages = {
  format: {
    title: 'Formatting',
    script: packageScript('prettier', 'bin/prettier.cjs'),
    args: ['--check', '.'],
  },
  lint: {
    title: 'Lint',
    script: packageScript('eslint', 'bin/eslint.js'),
    args: ['.', '--cache', '--cache-location', join(cacheDir, 'eslint/')],
  },
  types: { title: 'Types', script: packageScript('typescript', 'bin/tsc'), args: ['--build'] },
  'test-types': {
    title: 'Types of the tests',
    script: packageScript('typescript', 'bin/tsc'),
    args: ['--project', 'e2e'],
  },
  unit: vitest('unit'),
  build: { title: 'Build' },
  system: { ...vitest('system'), needsBuild: true },
  e2e: {
    title: 'Journeys in Chromium',
    script: packageScript('@playwright/test', 'cli.js'),
    args: ['test', '--retries=1'],
    needsBuild: true,
    reportVariable: 'PLAYWRIGHT_JSON_OUTPUT_FILE',
    read: readJourneys,
  },
}

async function main() {
  const names = chosenStages(process.argv.slice(2))
  checkBootstrapNode()
  await step('Dependencies', installDependencies)
  await step('System packages', systemPackages)
  rmSync(reports, { recursive: true, force: true })
  mkdirSync(reports, { recursive: true })

  const results = []
  for (const name of names) {
    const stage = stages[name]
    // A stage that needs the bundles brings its own build where only it was asked for.
    if (stage.needsBuild && !names.includes('build') && !results.some((r) => r.name === 'build')) {
      results.push(await runStage('build', stages.build))
    }
    const built = results.every((result) => result.name !== 'build' || result.ok)
    results.push(
      stage.needsBuild && !built
        ? { name, title: stage.title, ok: false, milliseconds: 0, ...nothing, failed: 1 }
        : await runStage(name, stage),
    )
  }
  summarise(results)
}

/** Only what some tests compare with, or fetch with, can be left out. */
async function systemPackages(say) {
  try {
    return await installSystemPackages([...testPackages, ...optionalPackages], say)
  } catch (error) {
    if (!(error instanceof Advice) || missingPackages(testPackages).length > 0) throw error
    return `${error.message} Tests that need it are skipped. ${error.advice}`
  }
}

function chosenStages(wanted) {
  const unknown = wanted.filter((name) => !(name in stages))
  if (unknown.length > 0) {
    throw new Advice(
      `There is no stage ${unknown.join(', ')}.`,
      `Stages: ${Object.keys(stages).join(', ')}. All of them: npm test`,
    )
  }
  return wanted.length === 0
    ? Object.keys(stages)
    : Object.keys(stages).filter((name) => wanted.includes(name))
}

async function runStage(name, stage) {
  console.log(`\n${bold(`━━ ${stage.title}`)}`)
  const start = performance.now()
  const ok = stage.script ? await runScript(name, stage) : await runBuild()
  const report = { ...((stage.read && readReport(name, stage)) ?? nothing) }
  // What failed without a failed test (a file that cannot be loaded, a lint error) counts as one.
  if (!ok && report.failed === 0) report.failed = 1
  return { name, title: stage.title, ok, milliseconds: performance.now() - start, ...report }
}

async function runScript(name, { script, args, reportVariable }) {
  // For the journeys' backend: nobody else may be listening there.
  const env = { ...process.env, SNOWGLOBE_TEST_PORT: String(await freePort()) }
  if (reportVariable) env[reportVariable] = join(reports, `${name}.json`)
  const code = await runHere(pinnedNode(), [script, ...args], { env })
  return code === 0
}

async function runBuild() {
  try {
    await step('Build', build)
    return true
  } catch (error) {
    if (!(error instanceof Advice)) throw error
    console.error(error.output)
    return false
  }
}

function readReport(name, stage) {
  try {
    return stage.read(JSON.parse(readFileSync(join(reports, `${name}.json`), 'utf8')))
  } catch (error) {
    // The runner died before it wrote its report: the stage has failed, and says so itself.
    if (error.code === 'ENOENT') return null
    throw error
  }
}

/** What Playwright's report tells. */
function readJourneys({ stats, suites }) {
  const failures = []
  const flaky = []
  const walk = ({ title, suites = [], specs = [] }, path) => {
    for (const spec of specs) {
      const name = [...path, title, spec.title].filter(Boolean).join(' › ')
      for (const { status, results } of spec.tests) {
        if (status === 'flaky') flaky.push(name)
        if (status === 'unexpected') {
          failures.push({ name, reason: results.at(-1)?.error?.message ?? 'it did not end' })
        }
      }
    }
    for (const suite of suites) walk(suite, [...path, title])
  }
  for (const suite of suites) walk(suite, [])
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected,
    skipped: stats.skipped,
    failures,
    flaky,
  }
}

function summarise(results) {
  console.log(`\n${bold('━━ Summary')}`)
  const total = { passed: 0, failed: 0, skipped: 0 }
  for (const { title, ok, milliseconds, passed, failed, skipped } of results) {
    const tests =
      passed + failed + skipped > 1 ? `${passed} passed, ${failed} failed, ${skipped} skipped` : ''
    console.log(
      `${ok ? green('✓') : red('✗')} ${title.padEnd(22)} ${seconds(milliseconds).padStart(7)}  ${dim(tests)}`,
    )
    total.passed += passed
    total.failed += failed
    total.skipped += skipped
  }
  const flaky = results.flatMap((result) => result.flaky)
  if (flaky.length > 0) {
    console.log(yellow('\nPassed only when they were tried again:'))
    for (const name of flaky) console.log(`  ${name}`)
  }
  const failures = results.flatMap((result) => result.failures)
  if (failures.length > 0) console.log(red('\nFailed:'))
  for (const { name, reason } of failures.slice(0, shownFailures)) {
    console.log(`  ${name}\n${indented(reason)}`)
  }
  if (failures.length > shownFailures) {
    console.log(`  and ${failures.length - shownFailures} more, above`)
  }
  if (total.skipped > 0) console.log(yellow(`${total.skipped} skipped: the reasons stand above.`))
  console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
  process.exitCode = results.every((result) => result.ok) ? 0 : 1
}

/** The beginning of why a test failed; the whole stands in the stage's own output. */
function indented(reason) {
  const lines = stripVTControlCharacters(reason).split('\n')
  return lines
    .slice(0, 6)
    .map((line) => dim(`    ${line}`))
    .join('\n')
}

try {
  await main()
} catch (error) {
  fail(error)
}
