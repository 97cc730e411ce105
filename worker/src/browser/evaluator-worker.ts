/** The worker in which a person's code is evaluated. It owns nothing that outlives it. */
import { firstMessage } from './first-message'
import { expose } from 'comlink'
import { EvaluatorEndpoint } from './evaluator-endpoint'

void firstMessage.then(({ ports }) => expose(new EvaluatorEndpoint(), ports[0]))
