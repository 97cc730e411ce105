import type { ByteString } from '@snowglobe/shared/bytes'
import type { Derivation } from '@snowglobe/shared/derivation'
import type { DiskStore } from '../store/disk-store'

/**
 * The paths of a derivation's outputs by name, as far as they are known: from the derivation itself,
 * or because a content-addressed output was built before. They need not be valid.
 */
export function knownOutputs(
  store: DiskStore,
  drvPath: ByteString,
  derivation: Derivation,
): Map<ByteString, ByteString> {
  const known = new Map<ByteString, ByteString>()
  for (const [name, output] of derivation.outputs) {
    const path = output.path !== '' ? output.path : store.realisation(drvPath, name)
    if (path !== null) known.set(name, path)
  }
  return known
}
