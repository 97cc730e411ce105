import { defaultStoreDir } from '@snowglobe/shared/store-path'
import { MemoryStore } from '../store/memory-store'
import { BackendClient } from './backend-client'
import type { Socket } from './build-watch'
import { TabCoordinator, type TabStore } from './coordinator'
import { StoreDatabase } from './database'
import type { EvaluatorConnection } from './evaluator-protocol'
import { IndexedDbStore } from './indexeddb-store'
import { IndexedDbKnownPaths, MemoryKnownPaths, type KnownPaths } from './known-paths'
import { spawnEvaluator } from './spawn-evaluator'

/**
 * The coordinator of this tab, over the browser's own storage, network and workers.
 *
 * @param firstEvaluator one that is being loaded already
 */
export function openTab(firstEvaluator: EvaluatorConnection): TabCoordinator {
  let early: EvaluatorConnection | null = firstEvaluator
  const base = new URL('/', self.location.href).href
  const backend = new BackendClient(defaultStoreDir, base, (url, init) => fetch(url, init))
  return new TabCoordinator({
    ...openStorage(),
    backend,
    connect: () => connect(base),
    spawnEvaluator: () => {
      const evaluator = early ?? spawnEvaluator()
      early = null
      return evaluator
    },
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
