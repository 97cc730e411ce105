/**
 * Evaluation against real Nix in the same run: rows are ratios, ours / Nix, process start excluded on
 * both sides. With SNOWGLOBE_BENCH_NIXPKGS=DIRECTORY (a nixpkgs tree), packages of it too.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'
import { cacheDir, root } from '../scripts/repository.mjs'
import { median } from './statistics.mjs'

const nix = '/usr/bin/nix-instantiate'
const tree = process.env.SNOWGLOBE_BENCH_NIXPKGS

/** Programs and the ratio to reach, warm: the third run of ours and after. */
const programs = [
  ['fib 30', 0.3, 'let fib = n: if n < 2 then n else fib (n - 1) + fib (n - 2); in fib 30'],
  ["foldl' over 1e6", 1.2, "builtins.foldl' (a: b: a + b) 0 (builtins.genList (x: x) 1000000)"],
  [
    'sort 1e5 with lambda',
    0.5,
    `let l = builtins.genList (n: let a = n * 7919; in a - (a / 100003) * 100003) 100000;
     in builtins.length (builtins.sort (a: b: a < b) l)`,
  ],
  [
    'attribute sets, 1e5 keys',
    0.9,
    `let s = builtins.listToAttrs
       (builtins.genList (n: { name = "k\${toString n}"; value = n; }) 100000);
     in builtins.foldl' (a: k: a + s.\${k}) 0 (builtins.attrNames s)`,
  ],
  [
    'small //, 2e5',
    1.2,
    `(builtins.foldl' (a: n: a // { b = n; c = a.b; }) { a = 1; b = 2; }
       (builtins.genList (x: x) 200000)).b`,
  ],
  [
    'strings',
    1.2,
    `builtins.stringLength (builtins.concatStringsSep ","
       (map (n: "item-\${toString n}-\${builtins.substring 0 3 "abcdef"}")
         (builtins.genList (x: x) 200000)))`,
  ],
]

const packages = ['hello', 'firefox']

function packageExpression(name) {
  return `(import ${tree} { system = "x86_64-linux"; config = { }; overlays = [ ]; }).${name}.drvPath`
}

/** Seconds that real Nix needs beyond what it needs to start. */
function secondsOfNix(expression) {
  const seconds = (text) => {
    const times = []
    for (let i = 0; i < 3; i++) {
      const start = performance.now()
      const { status, stderr } = spawnSync(nix, ['--readonly-mode', '--eval', '-E', text])
      if (status !== 0) throw new Error(String(stderr))
      times.push((performance.now() - start) / 1000)
    }
    return median(times)
  }
  return seconds(expression) - seconds('1')
}

let ours = null

/** The evaluator as a module of its own, bundled as the command is. */
async function evaluator() {
  if (ours !== null) return ours
  const directory = join(cacheDir, 'bench')
  mkdirSync(directory, { recursive: true })
  const entry = join(directory, 'evaluation-entry.ts')
  const source = (path) => JSON.stringify(join(root, 'worker/src', path))
  writeFileSync(
    entry,
    `export { Evaluator } from ${source('evaluator/evaluator')}
     export { fileSystemHost } from ${source('node/file-system-host')}`,
  )
  await build({
    root: directory,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: entry,
      target: 'node24',
      outDir: join(directory, 'evaluation'),
      rollupOptions: { output: { entryFileNames: 'evaluation.js' } },
    },
    ssr: { noExternal: true },
  })
  ours = await import(pathToFileURL(join(directory, 'evaluation', 'evaluation.js')).href)
  return ours
}

/** Seconds of each of several evaluations in this process, each by an evaluator of its own. */
async function secondsOfOurs(expression, times) {
  const { Evaluator, fileSystemHost } = await evaluator()
  const seconds = []
  for (let i = 0; i < times; i++) {
    const host = fileSystemHost({
      storeDir: '/nix/store',
      realStoreDir: join(cacheDir, 'bench', 'store'),
      searchPath: [],
      system: 'x86_64-linux',
      workingDirectory: root,
      environment: {},
      message: () => {},
      write: null,
    })
    const start = performance.now()
    const machine = new Evaluator(host)
    machine.forceDeep(machine.evaluateString(expression, { kind: 'string' }, root))
    seconds.push((performance.now() - start) / 1000)
  }
  return seconds
}

async function warmRatio(expression) {
  const seconds = await secondsOfOurs(expression, 7)
  return median(seconds.slice(2)) / secondsOfNix(expression)
}

/** @type {import('./run.mjs').Row[]} */
export const rows = existsSync(nix)
  ? [
      ...programs.map(([name, target, expression]) => ({
        name: `${name}, warm, ours / Nix`,
        target,
        unit: '×',
        measure: () => warmRatio(expression),
      })),
      ...(tree === undefined ? [] : packages).map((name) => ({
        name: `${name}.drvPath, second evaluation, ours / Nix`,
        target: name === 'hello' ? 0.5 : 1,
        unit: '×',
        async measure() {
          const expression = packageExpression(name)
          const [, second] = await secondsOfOurs(expression, 2)
          return second / secondsOfNix(expression)
        },
      })),
    ]
  : []
