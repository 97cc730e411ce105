import { defaultStoreDir } from '@snowglobe/shared/store-path'
import { MemoryStore } from './memory-store'
import { describeStore } from './store.shared-tests'
import type { Harm } from './store-keeping.shared-tests'

/** What the store keeps for itself. */
interface Inside {
  manifests: Map<string, string[]>
  chunks: Map<string, Uint8Array>
}

const harm: Harm = {
  change: async (store, path) => {
    const { manifests, chunks } = store as unknown as Inside
    chunks.get(manifests.get(path)![0])![100] ^= 1
  },
  lose: async (store, path) => {
    ;(store as unknown as Inside).manifests.delete(path)
  },
}

describeStore('the memory store', async () => new MemoryStore(defaultStoreDir), harm)
describeStore('the memory store elsewhere', async () => new MemoryStore('/tmp/x/store'), harm)
