import { proxy, transfer, wrap } from 'comlink'
import type { EvaluatorApi, EvaluatorConnection, ReadPack } from './evaluator-protocol'
import type { CoordinatorWish, EvaluatorFailure } from './machine-protocol'

/** A new evaluator in a worker of its own. */
export function spawnEvaluator(): EvaluatorConnection {
  const worker = new Worker(new URL('./evaluator-worker.ts', import.meta.url), {
    type: 'module',
    name: 'evaluator',
  })
  const { port1, port2 } = new MessageChannel()
  worker.postMessage(null, [port2])
  return {
    api: evaluatorApi(port1),
    terminate: () => worker.terminate(),
    onFailure: (callback) => {
      worker.addEventListener('error', (event) => callback(event.message || 'it cannot be loaded'))
    },
  }
}

/** The evaluator that the page has made: this worker's own messages say how it fares. */
export function firstEvaluator(port: MessagePort): EvaluatorConnection {
  return {
    api: evaluatorApi(port),
    terminate: () => postMessage('terminate evaluator' satisfies CoordinatorWish),
    onFailure: (callback) => {
      addEventListener('message', ({ data }: MessageEvent<EvaluatorFailure>) => {
        callback(data.reason)
      })
    },
  }
}

function evaluatorApi(port: MessagePort): EvaluatorApi {
  const remote = wrap<EvaluatorApi>(port)
  return {
    start: (options, load, build, fetch) =>
      remote.start(
        options,
        proxy(load),
        build === undefined ? undefined : proxy(build),
        fetch === undefined ? undefined : proxy(fetch),
      ),
    addKnown: (paths) => remote.addKnown(paths),
    useChannel: (channel, read) => {
      if (read === undefined) return remote.useChannel(channel)
      const give: ReadPack = async (from, until) => {
        const bytes = await read(from, until)
        return transfer(bytes, [bytes.buffer])
      }
      return remote.useChannel(channel, proxy(give))
    },
    giveUp: () => remote.giveUp(),
    evaluate: (snippet, request, mode) => remote.evaluate(snippet, request, mode),
    expand: (id, offset, count) => remote.expand(id, offset, count),
    instantiate: (snippet) => remote.instantiate(snippet),
    instantiateChannel: (snippet, packages) => remote.instantiateChannel(snippet, packages),
    check: (snippet, source) => remote.check(snippet, source),
    useDocumentation: (documentation) => remote.useDocumentation(documentation),
    complete: (text, position, channel) => remote.complete(text, position, channel),
    hover: (text, position, channel) => remote.hover(text, position, channel),
    valueAt: (snippet, file, position) => remote.valueAt(snippet, file, position),
    findDefinition: (text, position) => remote.findDefinition(text, position),
    outline: (text) => remote.outline(text),
  }
}
