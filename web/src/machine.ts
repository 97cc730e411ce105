import type { Coordinator } from '@snowglobe/worker/browser/api'
import type {
  CoordinatorStart,
  CoordinatorWish,
  EvaluatorFailure,
  MachineWorkers,
} from '@snowglobe/worker/browser/machine-protocol'
import { wrap, type Remote } from 'comlink'

declare global {
  /** Made by the script in the built index.html (web/build/inline-start.ts). */
  var machineWorkers: MachineWorkers | undefined
}

const { coordinator, evaluator } = globalThis.machineWorkers ?? {
  coordinator: new Worker(
    new URL('../../worker/src/browser/coordinator-worker.ts', import.meta.url),
    { type: 'module', name: 'coordinator' },
  ),
  evaluator: new Worker(new URL('../../worker/src/browser/evaluator-worker.ts', import.meta.url), {
    type: 'module',
    name: 'evaluator',
  }),
}

/** Calls queue until the coordinator listens, so nobody has to wait for it to be ready. */
export const machine: Remote<Coordinator> = connect()

function connect(): Remote<Coordinator> {
  const calls = new MessageChannel()
  const evaluations = new MessageChannel()
  const start: CoordinatorStart = { page: calls.port2, evaluator: evaluations.port1 }
  coordinator.postMessage(start, [start.page, start.evaluator])
  evaluator.postMessage(null, [evaluations.port2])
  evaluator.addEventListener('error', ({ message }) => {
    const failure: EvaluatorFailure = { reason: message || 'it cannot be loaded' }
    coordinator.postMessage(failure)
  })
  coordinator.addEventListener('message', ({ data }: MessageEvent<CoordinatorWish>) => {
    if (data === 'terminate evaluator') evaluator.terminate()
  })
  return wrap<Coordinator>(calls.port1)
}

/** Calls `report` if the coordinator cannot be started at all, with what to tell the person. */
export function onMachineFailure(report: (message: string) => void): void {
  coordinator.addEventListener('error', (event) => {
    report(event.message || 'The machine behind this page could not be started. Reload the page.')
  })
}
