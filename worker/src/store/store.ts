import type { ByteString } from '@snowglobe/shared/bytes'

/** What a store knows of a valid path (Nix's ValidPathInfo). Paths are full: `/nix/store/…`. */
export interface PathInfo {
  path: ByteString
  /** SHA-256 of the NAR, raw bytes. */
  narHash: Uint8Array
  /** Bytes of the NAR. */
  narSize: number
  /** Sorted; may contain the path itself. */
  references: ByteString[]
  deriver: ByteString | null
  /** Content address (`text:sha256:…`, `fixed:r:sha256:…`), or null for built outputs. */
  contentAddress: string | null
  /** `name:base64`. */
  signatures: string[]
  /** Seconds since 1970. */
  registrationTime: number
  /** Built here rather than copied from elsewhere. */
  ultimate: boolean
}

/** What a caller tells of a path it adds; the rest the store computes. */
export type NewPathInfo = Pick<PathInfo, 'path' | 'references'> &
  Partial<Pick<PathInfo, 'deriver' | 'contentAddress' | 'signatures' | 'ultimate'>> & {
    /** Checked against the NAR if given. */
    narHash?: Uint8Array
  }

/** A path to be added, whole: its information and its NAR. */
export interface StoreEntry {
  info: NewPathInfo
  nar: Uint8Array
}

/**
 * A store: paths with contents, closed under references. Memory, IndexedDB and disk implement it and
 * pass the same tests (store.shared-tests.ts).
 */
export interface Store {
  readonly storeDir: ByteString
  queryPathInfo(path: ByteString): Promise<PathInfo | null>
  /** Of the given paths those that are valid. */
  queryValidPaths(paths: readonly ByteString[]): Promise<Set<ByteString>>
  allValidPaths(): Promise<ByteString[]>
  /** Valid paths that refer to this one (itself left out). */
  queryReferrers(path: ByteString): Promise<ByteString[]>
  /**
   * Adds paths, all or none. References must be valid or in the same call. Adding a valid path again
   * changes nothing. Throws StoreError where a hash or a reference is wrong.
   */
  add(entries: readonly StoreEntry[]): Promise<void>
  /** The NAR of a valid path. */
  narFromPath(path: ByteString): Promise<Uint8Array>
}

export class StoreError extends Error {
  override name = 'StoreError'
}
