/**
 * The store against real Nix in the same run, both on tmpfs where there is one: garbage collection,
 * adding a tree; and the speed at which files are hashed and searched for references.
 */
import { spawnSync } from 'node:child_process'
import { randomBytes, randomFillSync } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'
import { cacheDir, root } from '../scripts/repository.mjs'
import { median } from './statistics.mjs'

const ours = join(root, 'backend', 'bin', 'nix-store')
const nix = '/usr/bin/nix-store'
const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
const scratch = mkdtempSync(join(memory, 'snowglobe-bench-'))

export function close() {
  rmSync(scratch, { recursive: true, force: true })
}

const digits = '0123456789abcdfghijklmnpqrsvwxyz'

/** The hash part of a store path, as good as random. */
const hashPart = () => Array.from(randomBytes(32), (byte) => digits[byte % 32]).join('')

function run(command, args, input) {
  const { status, stderr } = spawnSync(command, args, { input, maxBuffer: 2 ** 28 })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${stderr.toString()}`)
}

function secondsOf(command, args) {
  const start = performance.now()
  run(command, args)
  return (performance.now() - start) / 1000
}

/** Both commands by turns, each on a copy of its own: what disturbs one disturbs the other. */
function ratio(times, measure) {
  const [mine, theirs] = [[], []]
  // The first run of ours compiles.
  measure(ours)
  for (let i = 0; i < times; i++) {
    mine.push(measure(ours))
    theirs.push(measure(nix))
  }
  return median(mine) / median(theirs)
}

/** A store of so many paths, each of which refers to some that were made before it. */
function makeStore(count) {
  const directory = join(scratch, 'store')
  const files = join(directory, 'nix', 'store')
  mkdirSync(files, { recursive: true })
  const paths = []
  const registrations = []
  for (let i = 0; i < count; i++) {
    const name = `${hashPart()}-package-${i}`
    const path = `/nix/store/${name}`
    if (i % 5 === 0) {
      mkdirSync(join(files, name, 'bin'), { recursive: true })
      for (const tool of ['one', 'two']) writeFileSync(join(files, name, 'bin', tool), tool)
    } else writeFileSync(join(files, name), name)
    const references = new Set(
      paths.length === 0 ? [] : [1, 2, 3].map((step) => paths[Math.floor((i * step) / 4)] ?? path),
    )
    references.delete(path)
    const list = [...references].sort()
    registrations.push([path, '0'.repeat(64), 120, '', list.length, ...list].join('\n'))
    paths.push(path)
  }
  run(nix, ['--store', directory, '--load-db'], `${registrations.join('\n')}\n`)
  return directory
}

let copies = 0
function copyOf(directory) {
  const copy = join(scratch, `copy-${copies++}`)
  cpSync(directory, copy, { recursive: true })
  return copy
}

function collectRatio() {
  const store = makeStore(10_000)
  return ratio(3, (command) => {
    const copy = copyOf(store)
    const seconds = secondsOf(command, ['--store', copy, '--gc'])
    rmSync(copy, { recursive: true })
    return seconds
  })
}

/** A tree of 200 MB that no file of it can be guessed from another. */
function makeTree() {
  const directory = join(scratch, 'tree')
  for (let i = 0; i < 20; i++) {
    const folder = join(directory, `folder-${i}`)
    mkdirSync(folder, { recursive: true })
    for (let j = 0; j < 50; j++)
      writeFileSync(join(folder, `file-${j}`), randomFillSync(Buffer.alloc(200_000)))
  }
  return directory
}

function addRatio() {
  const tree = makeTree()
  return ratio(3, (command) => {
    const store = join(scratch, `add-${copies++}`)
    const seconds = secondsOf(command, ['--store', store, '--add', tree])
    rmSync(store, { recursive: true })
    return seconds
  })
}

/** Seconds that a gigabyte takes: read as a NAR, hashed, searched for a thousand hash parts. */
async function secondsPerGigabyte() {
  const directory = join(cacheDir, 'bench')
  mkdirSync(directory, { recursive: true })
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: true,
      target: 'node24',
      outDir: join(directory, 'store'),
      rollupOptions: {
        input: join(root, 'backend/src/store/dump-path.ts'),
        output: { entryFileNames: 'dump-path.js' },
      },
    },
    ssr: { noExternal: true },
  })
  const { inspectPath } = await import(pathToFileURL(join(directory, 'store', 'dump-path.js')).href)
  const tree = existsSync(join(scratch, 'tree')) ? join(scratch, 'tree') : makeTree()
  const candidates = Array.from({ length: 1000 }, hashPart)
  const seconds = []
  for (let i = 0; i < 6; i++) {
    const start = performance.now()
    const { narSize } = await inspectPath(tree, candidates)
    seconds.push((performance.now() - start) / 1000 / (narSize / 1e9))
  }
  return median(seconds.slice(1))
}

/** @type {import('./run.mjs').Row[]} */
export const rows = [
  ...(existsSync(nix)
    ? [
        {
          name: 'nix-store --gc of 10,000 paths, ours / Nix',
          target: 1,
          unit: '×',
          measure: async () => collectRatio(),
        },
        {
          name: 'nix-store --add of 200 MB, ours / Nix',
          target: 1,
          unit: '×',
          measure: async () => addRatio(),
        },
      ]
    : []),
  {
    name: 'NAR, hash and reference scan, for each GB',
    target: 2,
    unit: 's',
    measure: secondsPerGigabyte,
  },
]
