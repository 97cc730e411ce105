import { basename, join } from 'node:path'
import type { ByteString } from '@snowglobe/shared/bytes'
import { derivationKind, type Derivation } from '@snowglobe/shared/derivation'
import type { DiskStore } from '../store/disk-store'
import type { DerivationAttributes } from './derivation-attributes'
import { prepareOutputs } from './register-outputs'
import type { FixedOutputFetcher, Transfer } from './substitution'

interface Wanted {
  drvPath: ByteString
  derivation: Derivation
  attributes: DerivationAttributes
}

/**
 * Gets a fixed output from the addresses that its derivation names, if they give what it should be:
 * neither its inputs nor its builder are needed then. Gives whether it is valid now.
 */
export async function fetchOutput(
  { drvPath, derivation, attributes }: Wanted,
  store: DiskStore,
  fetcher: FixedOutputFetcher,
  transfer: Transfer,
): Promise<boolean> {
  const path = derivation.outputs.get('out')?.path ?? ''
  if (derivationKind(derivation) !== 'fixed' || path === '') return false
  if (derivation.builder.startsWith('builtin:')) return false
  let fetched = false
  await store.addFrom(async (directory) => {
    const sourceOf = (path: ByteString) => join(directory, basename(path))
    try {
      if (!(await fetcher.fetch(derivation, sourceOf(path), transfer))) return []
      const { storeDir } = store
      const scratch = new Map([['out', path]])
      const common = { drvPath, derivation, attributes, scratch, valid: new Map(), inputs: [] }
      const { prepared, mismatch } = await prepareOutputs({ storeDir, sourceOf, ...common })
      // Only its builder knows what it makes of what is there.
      if (mismatch !== null) return []
      fetched = true
      return [...prepared.values()]
    } catch (error) {
      transfer.signal.throwIfAborted()
      transfer.onMessage?.((error as Error).message)
      return []
    }
  })
  return fetched
}
