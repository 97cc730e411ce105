/** The worker that the page talks to. */
import { firstMessage } from './first-message'
import './tab-database'
import { expose } from 'comlink'
import type { CoordinatorStart } from './machine-protocol'
import { firstEvaluator } from './spawn-evaluator'
import { openTab } from './tab'

const { page, evaluator } = ((await firstMessage) as MessageEvent<CoordinatorStart>).data
expose(await openTab(firstEvaluator(evaluator)), page)
