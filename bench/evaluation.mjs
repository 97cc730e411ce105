/**
 * Programs against real Nix in the same run: rows are ratios, ours / Nix, warm on our side, and what Nix
 * needs to start is not counted.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { pinnedNode, root } from '../scripts/repository.mjs'
import { evaluationFlags, evaluatorBundle } from './evaluator-bundle.mjs'
import { hasNix, secondsOfNix } from './real-nix.mjs'
import { median } from './statistics.mjs'

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

/** Seconds of an evaluation by a process that has done it before. */
async function secondsOfOurs(expression) {
  const script = join(root, 'bench', 'evaluate-repeatedly.mjs')
  const args = [...evaluationFlags, script, await evaluatorBundle(), '9', expression]
  const { stdout, stderr, status } = spawnSync(pinnedNode(), args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return median(JSON.parse(stdout).slice(2))
}

/** @type {import('./run.mjs').Row[]} */
export const rows = hasNix
  ? programs.map(([name, target, expression]) => ({
      name: `${name}, warm, ours / Nix`,
      target,
      unit: '×',
      measure: async () => (await secondsOfOurs(expression)) / (await secondsOfNix(expression, 5)),
    }))
  : []
