import type { Coordinator } from '@snowglobe/worker/browser/api'
import { wrap, type Remote } from 'comlink'

/**
 * The machine behind the page. This module is the first that runs: the worker starts while the rest
 * of the page is still being read.
 */
const worker = new Worker(
  new URL('../../worker/src/browser/coordinator-worker.ts', import.meta.url),
  { type: 'module', name: 'coordinator' },
)

/** Calls queue until the coordinator listens, so nobody has to wait for it to be ready. */
export const machine: Remote<Coordinator> = wrap<Coordinator>(worker)

/** Calls `report` if the coordinator cannot be started at all, with what to tell the person. */
export function onMachineFailure(report: (message: string) => void): void {
  worker.addEventListener('error', (event) => {
    report(event.message || 'The machine behind this page could not be started. Reload the page.')
  })
}
