/**
 * Measures how fast Nix files are parsed and bound: `node bench/parse.mjs DIRECTORY [PASSES]`, with the
 * pinned Node. Prints MB/s for the first files of a fresh process (as much source as `hello` of
 * nixpkgs reads, in the order of their names) and for the whole directory once warm.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'
import { cacheDir, root } from '../scripts/repository.mjs'
import { median } from './statistics.mjs'

const coldBytes = 2_400_000

async function main() {
  const [directory, passes = '5'] = process.argv.slice(2)
  if (directory === undefined) {
    console.error('usage: node bench/parse.mjs DIRECTORY [PASSES]')
    process.exit(1)
  }
  const files = readSources(resolve(directory))
  if (files.length === 0) {
    console.error(`no *.nix files under ${directory}`)
    process.exit(1)
  }
  const language = await import(pathToFileURL(await bundle()).href)

  let size = 0
  const cold = files.filter(({ source }) => (size += source.length) <= coldBytes)
  report('cold', cold, measure(language, cold).milliseconds)
  const times = []
  let failed = []
  for (let pass = 0; pass < Number(passes); pass++) {
    const result = measure(language, files)
    times.push(result.milliseconds)
    failed = result.failed
  }
  report('warm', files, median(times))
  for (const line of failed) console.log(line)
}

/** The files as byte strings, in the order of their names. */
function readSources(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.nix'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ path, source: readFileSync(path, 'latin1') }))
}

/** The parser as a production build has it, constants inlined. */
async function bundle() {
  const entry = join(root, 'worker/src/language')
  const outDir = join(cacheDir, 'bench')
  mkdirSync(outDir, { recursive: true })
  const start = join(outDir, 'language.ts')
  writeFileSync(
    start,
    `export { parse } from '${entry}/parser'\nexport { PositionTable } from '${entry}/positions'\n`,
  )
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      outDir,
      emptyOutDir: false,
      minify: false,
      lib: { entry: start, formats: ['es'], fileName: 'language' },
    },
  })
  return join(outDir, 'language.js')
}

function measure({ parse, PositionTable }, files) {
  const failed = []
  const start = performance.now()
  for (const { path, source } of files) {
    try {
      parse(source, {
        origin: { kind: 'file', path },
        basePath: dirname(path),
        homeDirectory: '/',
        positions: new PositionTable(),
        // No name is missing: what is measured is the parser.
        globals: () => true,
      })
    } catch (error) {
      failed.push(`${path}: ${error.message}`)
    }
  }
  return { milliseconds: performance.now() - start, failed }
}

function report(name, files, milliseconds) {
  const bytes = files.reduce((sum, { source }) => sum + source.length, 0)
  const megabytes = (bytes / 1e6).toFixed(1)
  const speed = (bytes / 1000 / milliseconds).toFixed(1)
  console.log(`${name}: ${speed} MB/s (${files.length} files, ${megabytes} MB)`)
}

await main()
