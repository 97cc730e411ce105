import { proxy, wrap } from 'comlink'
import type { EvaluatorApi, EvaluatorConnection } from './evaluator-protocol'

/** A new evaluator in a worker of its own; `onRunning` is called once that worker runs. */
export function spawnEvaluator(onRunning?: () => void): EvaluatorConnection {
  const worker = new Worker(new URL('./evaluator-worker.ts', import.meta.url), {
    type: 'module',
    name: 'evaluator',
  })
  if (onRunning !== undefined) worker.addEventListener('message', onRunning, { once: true })
  const remote = wrap<EvaluatorApi>(worker)
  return {
    api: {
      start: (options, load) => remote.start(options, proxy(load)),
      addKnown: (paths) => remote.addKnown(paths),
      useChannel: (channel) => remote.useChannel(channel),
      evaluate: (snippet, request, mode) => remote.evaluate(snippet, request, mode),
      expand: (id, offset, count) => remote.expand(id, offset, count),
      instantiate: (snippet) => remote.instantiate(snippet),
      check: (snippet, source) => remote.check(snippet, source),
      complete: (text, position) => remote.complete(text, position),
      hover: (text, position) => remote.hover(text, position),
      valueAt: (snippet, file, position) => remote.valueAt(snippet, file, position),
      findDefinition: (text, position) => remote.findDefinition(text, position),
      outline: (text) => remote.outline(text),
    },
    terminate: () => worker.terminate(),
    onFailure: (callback) => {
      worker.addEventListener('error', (event) => callback(event.message || 'it cannot be loaded'))
    },
  }
}
