/** The worker that the page talks to. */
import { expose } from 'comlink'
import type { Coordinator } from './api'
import { deferred } from './deferred'

const loading = import('./tab').then(({ openTab }): Coordinator => openTab())
expose(deferred(loading))
