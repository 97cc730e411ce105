import { defaultStoreDir } from '@snowglobe/shared/store-path'
import { MemoryStore } from '../store/memory-store'
import { BackendClient } from './backend-client'
import type { Socket } from './build-watch'
import { TabCoordinator, type TabParts } from './coordinator'
import type { EvaluatorConnection } from './evaluator-protocol'
import { IndexedDbStore } from './indexeddb-store'
import { OpfsPackCache } from './pack-cache'
import { IndexedDbKnownPaths, MemoryKnownPaths } from './known-paths'
import { spawnEvaluator } from './spawn-evaluator'
import { database, databaseIsUsable } from './tab-database'

/**
 * The coordinator of this tab, over the browser's own storage, network and workers.
 *
 * @param firstEvaluator one that is being loaded already
 */
export async function openTab(firstEvaluator: EvaluatorConnection): Promise<TabCoordinator> {
  let early: EvaluatorConnection | null = firstEvaluator
  const base = new URL('/', self.location.href).href
  const backend = new BackendClient(defaultStoreDir, base, (url, init) => fetch(url, init))
  return new TabCoordinator({
    ...(await openStorage()),
    backend,
    packs: new OpfsPackCache(async () => {
      const root = await navigator.storage.getDirectory()
      return root.getDirectoryHandle('packs', { create: true })
    }),
    connect: () => connect(base),
    spawnEvaluator: () => {
      const evaluator = early ?? spawnEvaluator()
      early = null
      return evaluator
    },
    wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    deletions: deletionChannel(),
  })
}

/**
 * The browser's database; where it has none (some sandboxed frames) or does not let this site use it,
 * a store that lasts as long as the tab.
 */
async function openStorage(): Promise<Pick<TabParts, 'store' | 'known' | 'notice'>> {
  if (database === null || !(await databaseIsUsable)) {
    return {
      store: new MemoryStore(defaultStoreDir),
      known: new MemoryKnownPaths(),
      notice:
        'The browser does not keep data for this site: the store is gone when this tab is closed.',
    }
  }
  return {
    store: new IndexedDbStore(defaultStoreDir, database),
    known: new IndexedDbKnownPaths(database),
    notice: null,
  }
}

/** Tabs of one browser share the store: each tells the others what it has deleted. */
function deletionChannel(): NonNullable<TabParts['deletions']> {
  const channel = new BroadcastChannel('snowglobe-store-deletions')
  return {
    tell: (paths) => channel.postMessage(paths),
    listen: (hear) => {
      channel.onmessage = ({ data }: MessageEvent<string[]>) => hear(data)
    },
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
