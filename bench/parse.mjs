/**
 * How fast Nix files are parsed and bound, and what their binary form saves. Measured with the files of
 * nixpkgs that SNOWGLOBE_BENCH_NIXPKGS names: cold with as much source as `hello` reads, in a
 * process of its own; warm with all of them.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { cacheDir } from '../scripts/repository.mjs'
import { median } from './statistics.mjs'

const tree = process.env.SNOWGLOBE_BENCH_NIXPKGS
const coldBytes = 2_400_000
const bundleFile = join(cacheDir, 'bench', 'language', 'language.js')

/** What is done with each file, in a fresh process. */
const measures = {
  cold: (language, files) => milliseconds(() => files.forEach(parserOf(language))),
  warm(language, files) {
    const parse = parserOf(language)
    const times = Array.from({ length: 5 }, () => milliseconds(() => files.forEach(parse)))
    return median(times)
  },
  'first visit': (language, files) => milliseconds(() => files.forEach(parserOf(language))),
  /** To the value of the file, which is a function most of the time, and into its body. */
  'second visit'(language, files) {
    const parse = parserOf(language)
    const encoded = files.map((file) => ({ ...file, tree: encode(language, parse, file) }))
    return milliseconds(() => {
      for (const file of encoded) if (file.tree !== null) decode(language, file)
    })
  },
}

function parserOf({ parse, PositionTable }) {
  return ({ path, text }) =>
    attempt(() =>
      parse(text, {
        origin: { kind: 'file', path },
        basePath: '/',
        homeDirectory: '/',
        positions: new PositionTable(),
        // No name is missing: what is measured is the parser.
        globals: () => true,
      }),
    )
}

/** Some files of nixpkgs are wrong. */
function attempt(parse) {
  try {
    return parse()
  } catch (error) {
    if (error.name !== 'NixSyntaxError') throw error
    return null
  }
}

function encode({ encodeTree }, parse, file) {
  const tree = parse(file)
  return tree && encodeTree(tree, 0)
}

function decode({ decodeTree, SourceText, resolved }, { path, bytes, tree: encoded }) {
  const source = new SourceText({ kind: 'file', path }, bytes)
  const { node } = decodeTree(encoded, source, '/', 0)
  if ('body' in node) resolved(node.body)
}

/** Of the processor: what else the machine does is not counted. */
function milliseconds(work) {
  const start = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage()
  return (user + system - start.user - start.system) / 1000
}

/** Files that evaluations of nixpkgs read, whatever they are after. */
const alwaysRead = ['lib', 'pkgs/stdenv', 'pkgs/top-level', 'pkgs/build-support']

/** The files in the order of their names. */
function readSources(limit, directories = ['.']) {
  let size = 0
  return directories
    .flatMap((directory) => {
      return readdirSync(join(tree, directory), { recursive: true, withFileTypes: true })
    })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.nix'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => {
      const bytes = new Uint8Array(readFileSync(path))
      return { path, bytes, text: Buffer.from(bytes).toString('latin1') }
    })
    .filter(({ bytes }) => {
      size += bytes.length
      return size <= limit
    })
}

/** The language as a production build has it. */
async function bundleLanguage() {
  // Not in the processes that are measured.
  const { bundle } = await import('./bundle.mjs')
  await bundle('language', {
    'language/parser': ['parse'],
    'language/positions': ['PositionTable', 'SourceText'],
    'language/encode-tree': ['encodeTree'],
    'language/decode-tree': ['decodeTree'],
    'language/tree': ['resolved'],
  })
}

let bundled = null

/** Milliseconds for a megabyte, the best of three processes: others on the machine only add to it. */
async function perMegabyte(name) {
  await (bundled ??= bundleLanguage())
  const times = Array.from({ length: 3 }, () =>
    Number(
      execFileSync(process.execPath, [fileURLToPath(import.meta.url), name], { encoding: 'utf8' }),
    ),
  )
  return Math.min(...times)
}

/** @type {import('./run.mjs').Row[]} */
export const rows =
  tree === undefined
    ? []
    : [
        {
          name: 'parsing 1 MB in a fresh process',
          target: 83,
          unit: 'ms',
          measure: () => perMegabyte('cold'),
        },
        {
          name: 'parsing 1 MB, warm',
          target: 40,
          unit: 'ms',
          measure: () => perMegabyte('warm'),
        },
        {
          name: "the second visit to a file, by its tree's binary form, against parsing it",
          target: 0.1,
          unit: '×',
          measure: async () =>
            (await perMegabyte('second visit')) / (await perMegabyte('first visit')),
        },
      ]

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const name = process.argv[2]
  const language = await import(pathToFileURL(bundleFile).href)
  const files = name.endsWith('visit')
    ? readSources(Infinity, alwaysRead)
    : readSources(name === 'warm' ? Infinity : coldBytes)
  const size = files.reduce((sum, { bytes }) => sum + bytes.length, 0)
  console.log(measures[name](language, files) / (size / 1e6))
}
