import { join } from 'node:path'
import { root } from '../scripts/repository.mjs'
import { run } from '../scripts/steps.mjs'
import { medianOf } from './statistics.mjs'

const nixInstantiate = join(root, 'backend', 'bin', 'nix-instantiate')

/** Seconds that a command takes once its compiled code is cached. */
async function secondsOf(command, args) {
  await run(command, args)
  return medianOf(9, async () => {
    const start = performance.now()
    await run(command, args)
    return (performance.now() - start) / 1000
  })
}

/** @type {import('./run.mjs').Row[]} */
export const rows = [
  {
    name: 'nix-instantiate --eval -E 1',
    target: 0.25,
    unit: 's',
    measure: () => secondsOf(nixInstantiate, ['--eval', '-E', '1']),
  },
]
