/** The worker that the page talks to. */
import { expose } from 'comlink'
import type { Coordinator } from './api'
import { deferred } from './deferred'
import { spawnEvaluator } from './spawn-evaluator'

// The person waits for the first evaluation: its worker loads while the coordinator does.
const firstEvaluator = spawnEvaluator()
const loading = import('./tab').then(({ openTab }): Promise<Coordinator> => openTab(firstEvaluator))
expose(deferred(loading))
