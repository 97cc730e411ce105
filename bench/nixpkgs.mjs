/**
 * Packages and a NixOS system of a nixpkgs tree, against real Nix in the same run:
 * SNOWGLOBE_BENCH_NIXPKGS=DIRECTORY names the tree. Cold rows count the whole process on both sides, and
 * find the syntax cache as the run before left it; second evaluations are in one process, by an evaluator
 * of their own. Nix has no second evaluation: all of its process is counted there, its start (some 30 ms)
 * too, which only rows called warm leave out.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { pinnedNode, root } from '../scripts/repository.mjs'
import { evaluationFlags, evaluatorBundle } from './evaluator-bundle.mjs'
import { evaluateWith, hasNix, ofNix } from './real-nix.mjs'
import { median } from './statistics.mjs'

const tree = process.env.SNOWGLOBE_BENCH_NIXPKGS
const ours = join(root, 'backend', 'bin', 'nix-instantiate')

const arguments_ = '{ system = "x86_64-linux"; config = { }; overlays = [ ]; }'
const packageOf = (name) => `(import ${tree} ${arguments_}).${name}.drvPath`
const system = `(import ${tree}/nixos {
  system = "x86_64-linux";
  configuration = {
    boot.loader.grub.device = "/dev/sda";
    fileSystems."/".device = "/dev/sda1";
    services.openssh.enable = true;
    services.xserver.enable = true;
  };
}).system.drvPath`

/** What our command takes once its caches are there. */
async function ofOurs(expression, times) {
  await evaluateWith(ours, expression)
  const all = []
  for (let i = 0; i < times; i++) all.push(await evaluateWith(ours, expression))
  return {
    seconds: median(all.map(({ seconds }) => seconds)),
    megabytes: median(all.map(({ megabytes }) => megabytes)),
  }
}

/** Seconds of the second evaluation in a process: the middle of several processes. */
async function secondOf(expression, processes, ...more) {
  const bundle = await evaluatorBundle()
  const script = join(root, 'bench', 'evaluate-repeatedly.mjs')
  const seconds = []
  for (let i = 0; i < processes; i++) {
    const args = [...evaluationFlags, script, bundle, '2', expression, ...more]
    const { stdout, stderr, status } = spawnSync(pinnedNode(), args, { encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
    seconds.push(JSON.parse(stdout)[1])
  }
  return median(seconds)
}

const ratio = (name, target, measure) => ({
  name: `${name}, ours / Nix`,
  target,
  unit: '×',
  measure,
})

const cold = (name, target, expression, times) =>
  ratio(`${name}, cold process, syntax cache warm`, target, async () => {
    const { seconds } = await ofOurs(expression, times)
    return seconds / (await ofNix(expression, times)).seconds
  })

const second = (name, target, expression, processes) =>
  ratio(`${name}, second evaluation`, target, async () => {
    return (await secondOf(expression, processes)) / (await ofNix(expression)).seconds
  })

/** @type {import('./run.mjs').Row[]} */
export const rows =
  tree === undefined || !hasNix
    ? []
    : [
        cold('hello.drvPath', 1.8, packageOf('hello'), 5),
        second('hello.drvPath', 0.5, packageOf('hello'), 5),
        {
          name: 'hello.drvPath again, with what is kept while typing',
          target: 0.06,
          unit: 's',
          measure: () => secondOf('(import <nixpkgs> { }).hello.drvPath', 3, tree),
        },
        second('firefox.drvPath', 1, packageOf('firefox'), 3),
        cold('NixOS system', 2, system, 3),
        second('NixOS system', 1.2, system, 3),
        ratio('peak memory, NixOS system', 1.6, async () => {
          const { megabytes } = await ofOurs(system, 1)
          return megabytes / (await ofNix(system, 1)).megabytes
        }),
      ]
