import { proxy, wrap } from 'comlink'
import { defaultStoreDir } from '@snowglobe/shared/store-path'
import { MemoryStore } from '../store/memory-store'
import { BackendClient } from './backend-client'
import type { Socket } from './build-watch'
import { TabCoordinator, type TabStore } from './coordinator'
import { StoreDatabase } from './database'
import type { EvaluatorApi, EvaluatorConnection } from './evaluator-protocol'
import { IndexedDbStore } from './indexeddb-store'
import { IndexedDbKnownPaths, MemoryKnownPaths, type KnownPaths } from './known-paths'

/** The coordinator of this tab, over the browser's own storage, network and workers. */
export function openTab(): TabCoordinator {
  const base = new URL('/', self.location.href).href
  const backend = new BackendClient(defaultStoreDir, base, (url, init) => fetch(url, init))
  return new TabCoordinator({
    ...openStorage(),
    backend,
    connect: () => connect(base),
    spawnEvaluator,
    wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  })
}

/** Where the browser has no database (some sandboxed frames), the store lasts as long as the tab. */
function openStorage(): { store: TabStore; known: KnownPaths } {
  if (typeof indexedDB === 'undefined') {
    return { store: new MemoryStore(defaultStoreDir), known: new MemoryKnownPaths() }
  }
  const database = new StoreDatabase(indexedDB)
  return {
    store: new IndexedDbStore(defaultStoreDir, database),
    known: new IndexedDbKnownPaths(database),
  }
}

function connect(base: string): Socket {
  const url = new URL('api/builds', base)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  const socket = new WebSocket(url)
  const connection: Socket = {
    send: (text) => socket.send(text),
    close: () => socket.close(),
    onopen: null,
    onmessage: null,
    onclose: null,
  }
  socket.onopen = () => connection.onopen?.()
  socket.onmessage = (event: MessageEvent<unknown>) => connection.onmessage?.({ data: event.data })
  // An error is always followed by a close.
  socket.onclose = () => connection.onclose?.()
  return connection
}

function spawnEvaluator(): EvaluatorConnection {
  const worker = new Worker(new URL('./evaluator-worker.ts', import.meta.url), {
    type: 'module',
    name: 'evaluator',
  })
  const remote = wrap<EvaluatorApi>(worker)
  return {
    api: {
      start: (options, load) => remote.start(options, proxy(load)),
      addKnown: (paths) => remote.addKnown(paths),
      evaluate: (snippet, request, mode) => remote.evaluate(snippet, request, mode),
      expand: (id, offset, count) => remote.expand(id, offset, count),
      instantiate: (snippet) => remote.instantiate(snippet),
      check: (snippet, source) => remote.check(snippet, source),
    },
    terminate: () => worker.terminate(),
    onFailure: (callback) => {
      worker.addEventListener('error', (event) => callback(event.message || 'it cannot be loaded'))
    },
  }
}
