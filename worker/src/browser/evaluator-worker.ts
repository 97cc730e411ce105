/** The worker in which a person's code is evaluated. It owns nothing that outlives it. */
import { expose } from 'comlink'
import { deferred } from './deferred'
import type { EvaluatorApi } from './evaluator-protocol'

// Whoever made this worker may go on: see coordinator-worker.ts.
postMessage('running')

const loading = import('./evaluator-endpoint').then(
  ({ EvaluatorEndpoint }): EvaluatorApi => new EvaluatorEndpoint(),
)
expose(deferred(loading))
