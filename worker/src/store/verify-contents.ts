import type { ByteString } from '@snowglobe/shared/bytes'
import { hashBytes } from '@snowglobe/shared/hash'
import { equalBytes, formatNarHash } from './check-entry'
import { StoreError, type Damage, type PathInfo, type Store, type VerifyOptions } from './store'

/** How a store that keeps NARs is verified. */
export interface VerifiableContents {
  /** Whether all of a path's contents are there. */
  isThere(path: ByteString): Promise<boolean>
  /** Its NAR. */
  read(path: ByteString): Promise<Uint8Array>
  /** Forgets a path whose contents are gone and that no other refers to. */
  forget(path: ByteString): Promise<void>
}

/** Verifies a store that keeps its contents as NARs, path by path. */
export async function verifyContents(
  store: Pick<Store, 'allPathInfos' | 'repair' | 'queryReferrers'>,
  contents: VerifiableContents,
  options: VerifyOptions,
): Promise<Damage[]> {
  const damages: Damage[] = []
  for (const info of await store.allPathInfos()) {
    const there = await contents.isThere(info.path)
    if (there && !options.checkContents) continue
    const found = there ? hashBytes('sha256', await contents.read(info.path)) : null
    if (found !== null && equalBytes(found, info.narHash)) continue
    const right = (await options.repair?.(info.path)) ?? null
    if (right !== null) await store.repair(info.path, right)
    const kind = found === null ? 'in-use' : 'modified'
    const expected = info.narHash
    damages.push({ path: info.path, kind, expected, found, repaired: right !== null })
  }
  // What referred to a path that is gone may be gone as well: until nothing changes any more.
  for (let changed = true; changed;) {
    changed = false
    for (const damage of damages) {
      if (damage.kind !== 'in-use' || damage.repaired) continue
      if ((await store.queryReferrers(damage.path)).length > 0) continue
      await contents.forget(damage.path)
      damage.kind = 'disappeared'
      changed = true
    }
  }
  // Only now is it certain which paths could be forgotten.
  for (const damage of damages) options.onDamage?.(damage)
  return damages
}

/** Throws StoreError where a NAR is not the one that was registered. */
export function checkRepair(info: PathInfo | null, path: ByteString, nar: Uint8Array): void {
  if (info === null) throw new StoreError(`path '${path}' is not valid`)
  const narHash = hashBytes('sha256', nar)
  if (equalBytes(narHash, info.narHash)) return
  throw new StoreError(
    `cannot repair '${path}': the contents have the hash ${formatNarHash(narHash)} instead of ` +
      formatNarHash(info.narHash),
  )
}
