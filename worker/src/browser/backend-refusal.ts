import { utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import type { Health } from '@snowglobe/shared/messages'

/** Why this backend cannot build for this tab, or null. */
export function reasonAgainst(health: Health | null, storeDir: ByteString): string | null {
  if (health === null) return 'no backend answers, so nothing can be built'
  if (!health.sandbox.available) {
    return health.sandbox.reason ?? 'the backend has no sandbox to build in'
  }
  if (utf8ToByteString(health.storeDir) !== storeDir) {
    return `the backend's store is ${health.storeDir}, but paths here are in ${storeDir}`
  }
  return null
}
