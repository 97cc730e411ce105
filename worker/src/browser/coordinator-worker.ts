/** The worker that the page talks to. */
import { expose } from 'comlink'
import type { EvaluatorConnection } from './evaluator-protocol'
import type { Coordinator } from './api'
import { deferred } from './deferred'
import { spawnEvaluator } from './spawn-evaluator'

/** Milliseconds after which the rest is loaded in any case. */
const patience = 500

/**
 * The person waits for the first evaluation. Its worker comes up only while this one is free, so what
 * this one needs is loaded afterwards, while that one loads what it needs.
 */
async function load(): Promise<Coordinator> {
  const firstEvaluator = await new Promise<EvaluatorConnection>((resolve) => {
    const evaluator = spawnEvaluator(() => resolve(evaluator))
    setTimeout(() => resolve(evaluator), patience)
  })
  const { openTab } = await import('./tab')
  return openTab(firstEvaluator)
}

expose(deferred(load()))
