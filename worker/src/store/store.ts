import type { ByteString } from '@snowglobe/shared/bytes'
import type { Profile } from './profile'
import type { StoreGraph } from './store-graph'

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

/** What keeps a path and all it refers to from being collected as garbage. */
export interface Root {
  path: ByteString
  /** The link's place, or `{temp:1234}`, or a file below `/proc`. */
  name: ByteString
  kind: RootKind
}

/**
 * `permanent`: a link in the store's own roots; `indirect`: a link elsewhere, as `result`; `profile`: a
 * generation; `temporary`: held by who is adding or building; `running`: in use by a process.
 */
export type RootKind = 'permanent' | 'indirect' | 'profile' | 'temporary' | 'running'

/** Paths that are held until `release`; they need not be valid yet. */
export interface Hold {
  release(): Promise<void>
}

/** Nix's settings `keep-outputs` and `keep-derivations`. */
export interface KeepSettings {
  /** What is kept keeps the outputs of its derivations. */
  keepOutputs: boolean
  /** What is kept keeps the derivation that it was built from. */
  keepDerivations: boolean
}

/** What Nix keeps where nothing is set. */
export const defaultKeepSettings: KeepSettings = { keepOutputs: false, keepDerivations: true }

export interface GarbageOptions extends KeepSettings {
  /** Delete only these, and fail if one of them is in use; the whole store where it is not given. */
  paths?: readonly ByteString[]
  /** With `paths`: delete them even if roots want them (but not what valid paths refer to). */
  ignoreRoots?: boolean
  /** Stop once more than so many bytes are freed. */
  maxFreed?: number
  /** Called before each path is deleted. */
  onDelete?: (path: ByteString) => void
  /** Told what is being done, in Nix's words, where it takes long enough to be told. */
  onProgress?: (message: string) => void
}

/** What a garbage collection did. */
export interface CollectedGarbage {
  /** In the order of their deletion: what refers to a path goes before it. */
  deleted: ByteString[]
  bytesFreed: number
}

export interface VerifyOptions {
  /** Hash all contents: slow. */
  checkContents: boolean
  /** Gives the right contents (a NAR) of a damaged path, or null where nobody has them. */
  repair?: (path: ByteString) => Promise<Uint8Array | null>
  /** Told of each damage as soon as it is found. */
  onDamage?: (damage: Damage) => void
  /** Told what is being done, in Nix's words, where it takes long enough to be told. */
  onProgress?: (message: string) => void
}

/** Something wrong with a path that the store believed valid. */
export interface Damage {
  path: ByteString
  /**
   * `disappeared`: its files are gone, and so it was forgotten; `in-use`: they are gone but valid paths
   * refer to it; `modified`: its contents have another hash.
   */
  kind: 'disappeared' | 'in-use' | 'modified'
  /** SHA-256 of the NAR that should be there, raw. */
  expected: Uint8Array
  /** That of what is there; null if nothing is. */
  found: Uint8Array | null
  repaired: boolean
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
  /** Everything that is known of every valid path, in one read. */
  allPathInfos(): Promise<PathInfo[]>
  /** Valid paths that refer to this one (itself left out). */
  queryReferrers(path: ByteString): Promise<ByteString[]>
  /** The output paths of a valid derivation, by output name; those known only once built are left out. */
  queryDerivationOutputs(path: ByteString): Promise<Map<ByteString, ByteString>>
  /** Valid derivations that have this path as an output. */
  queryValidDerivers(path: ByteString): Promise<ByteString[]>
  /** The valid path with this hash part (32 characters), or null. */
  queryPathFromHashPart(hashPart: string): Promise<ByteString | null>
  /** References, derivers and outputs of the whole store, for questions about closures. */
  graph(): Promise<StoreGraph>
  /**
   * Adds paths, all or none. References must be valid or in the same call. Adding a valid path again
   * changes nothing. Throws StoreError where a hash or a reference is wrong.
   */
  add(entries: readonly StoreEntry[]): Promise<void>
  /** The NAR of a valid path. */
  narFromPath(path: ByteString): Promise<Uint8Array>

  /** All that keeps paths, in the order of their names. */
  roots(): Promise<Root[]>
  /** Makes a path a permanent root under a name (letters, digits and `-_.+/`), or removes it (null). */
  setRoot(name: ByteString, path: ByteString | null): Promise<void>
  /** Keeps paths while they are added, built or looked at: whoever works with them holds them first. */
  hold(paths: readonly ByteString[]): Promise<Hold>
  /**
   * Deletes what no root keeps. Paths that are added or held meanwhile are safe.
   *
   * @throws StoreError where one of the given paths is in use
   */
  collectGarbage(options: GarbageOptions): Promise<CollectedGarbage>

  /** Looks for damage and, where the right contents can be had, repairs it. */
  verify(options: VerifyOptions): Promise<Damage[]>
  /** Puts the right contents in the place of damaged ones. Throws StoreError if they are not right. */
  repair(path: ByteString, nar: Uint8Array): Promise<void>

  /** The profiles by name, with their generations. */
  profiles(): Promise<Map<string, Profile>>
  /**
   * Changes a profile (a new one has no generations), apart from all who change it at the same time.
   * What it gets must be valid. Gives what `change` gave; what `change` throws is passed on.
   */
  changeProfile(name: string, change: (profile: Profile) => Profile): Promise<Profile>
}

export class StoreError extends Error {
  override name = 'StoreError'
}
