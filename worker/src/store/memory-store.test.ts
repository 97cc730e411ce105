import { defaultStoreDir } from '@snowglobe/shared/store-path'
import { MemoryStore } from './memory-store'
import { describeStore } from './store.shared-tests'

describeStore('the memory store', async () => new MemoryStore(defaultStoreDir))
describeStore('the memory store at another place', async () => new MemoryStore('/tmp/x/store'))
