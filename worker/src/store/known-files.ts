/**
 * What files of before hash to: an evaluation adds a hundred patches and scripts to the store, and
 * those of the next one in this process are mostly the same.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { SourceAccessor } from './source-accessor'

interface KnownFile {
  executable: boolean
  /** SHA-256 of its NAR. */
  narHash: Uint8Array
}

/** By what stands for the contents of each (`SourceAccessor.identity`). */
const files = new WeakMap<object, KnownFile>()

/** The SHA-256 of the NAR of a regular file that was noted and has not changed since; else null. */
export function knownNarHash(source: SourceAccessor, path: ByteString): Uint8Array | null {
  const identity = source.identity?.(path) ?? null
  const known = identity === null ? undefined : files.get(identity)
  if (known === undefined) return null
  // The identity is that of before until the file's status is asked for again.
  const status = source.status(path)
  const isSame =
    status?.type === 'regular' &&
    status.executable === known.executable &&
    source.identity?.(path) === identity
  return isSame ? known.narHash : null
}

/** Notes what a regular file, whose status was asked for before it was read, hashes to. */
export function noteNarHash(
  source: SourceAccessor,
  path: ByteString,
  executable: boolean,
  narHash: Uint8Array,
): void {
  const identity = source.identity?.(path) ?? null
  if (identity !== null) files.set(identity, { executable, narHash })
}
