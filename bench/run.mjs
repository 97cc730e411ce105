/**
 * Measures what has a target and prints it beside the target: `npm run bench`, or `npm run bench -- page`
 * for the rows of one file. `--write` keeps the numbers in results.md.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { build } from '../scripts/build.mjs'
import { installDependencies } from '../scripts/dependencies.mjs'
import { root } from '../scripts/repository.mjs'
import { fail, green, red, step } from '../scripts/steps.mjs'

/** @typedef {{ name: string, target: number, unit: string, measure: () => Promise<number> }} Row */

const groups = [
  'commands',
  'parse',
  'evaluation',
  'nixpkgs',
  'store',
  'tab-store',
  'builds',
  'packages',
  'start',
  'page',
  'tab-evaluation',
]
const resultsFile = join(root, 'bench', 'results.md')

async function main() {
  const options = process.argv.slice(2)
  const wanted = options.filter((option) => !option.startsWith('--'))
  await step('Dependencies', installDependencies)
  await step('Build', build)
  const results = readResults()
  for (const group of groups.filter((name) => wanted.length === 0 || wanted.includes(name))) {
    const { rows, close } = await import(`./${group}.mjs`)
    try {
      for (const row of rows) {
        const value = await row.measure()
        const text = `${rounded(value)} ${row.unit}`
        const mark = value <= row.target ? green('✓') : red('✗')
        console.log(
          `${mark} ${row.name.padEnd(60)} ${text.padStart(10)}  (target ${row.target} ${row.unit})`,
        )
        results.set(row.name, [row.name, `${row.target} ${row.unit}`, text, today()])
      }
    } finally {
      await close?.()
    }
  }
  if (options.includes('--write')) writeFileSync(resultsFile, format([...results.values()]))
}

const rounded = (value) => Number(value.toPrecision(2))
const today = () => new Date().toISOString().slice(0, 10)

/** The rows of results.md by name, in order. */
function readResults() {
  const text = existsSync(resultsFile) ? readFileSync(resultsFile, 'utf8') : ''
  const rows = text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
  return new Map(
    rows.map((line) => {
      const cells = line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim())
      return [cells[0], cells]
    }),
  )
}

function format(rows) {
  const lines = [
    '# Measured',
    '',
    `Written by \`npm run bench -- --write\`; last on ${cpus().length} cores of ${cpus()[0].model.trim()}.`,
    '',
    '| what | target | measured | on |',
    '|---|---|---|---|',
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
  ]
  return `${lines.join('\n')}\n`
}

try {
  await main()
} catch (error) {
  fail(error)
}
