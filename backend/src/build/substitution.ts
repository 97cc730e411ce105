/**
 * What builds ask of those who can get paths without building them: binary caches for any path,
 * fetchers for fixed outputs. Both may be absent; goals then build.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { Derivation } from '@snowglobe/shared/derivation'

/** A path that can be had elsewhere (Nix's SubstitutablePathInfo). */
export interface SubstitutablePath {
  /** Full paths; may contain the path itself. */
  references: readonly ByteString[]
  deriver: ByteString | null
  /** Bytes to download; 0 where that is not known. */
  downloadSize: number
  /** Bytes of the NAR; 0 where that is not known. */
  narSize: number
  /** The cache that has it, as people know it. */
  cache?: string
}

/** What a transfer tells on its way, and how it is ended. */
export interface Transfer {
  signal: AbortSignal
  /** `total` is 0 where it is not known. */
  onProgress?: (done: number, total: number) => void
  /** Tells the watcher something, like a warning about a cache that does not answer. */
  onMessage?: (text: string) => void
}

/** Binary caches, as goals see them. */
export interface Substitution {
  /**
   * Of these paths those that some cache has, by path. A cache that does not answer counts as one
   * that has nothing (and says so by `onMessage`).
   */
  querySubstitutable(
    paths: readonly ByteString[],
    transfer: Transfer,
  ): Promise<Map<ByteString, SubstitutablePath>>
  /**
   * Gets one path, whose references are valid, into the store: checked and registered. Throws
   * SubstitutionError where no cache could give it.
   */
  substitute(path: ByteString, transfer: Transfer): Promise<void>
  /** The path that a trusted cache says this output of a (resolved) derivation became, or null. */
  queryRealisation?(
    drvPath: ByteString,
    output: ByteString,
    transfer: Transfer,
  ): Promise<ByteString | null>
}

/** No cache could give a path. The message says which and why. */
export class SubstitutionError extends Error {
  override name = 'SubstitutionError'
}

/** Gets the output of a fixed-output derivation from the network without running its builder. */
export interface FixedOutputFetcher {
  /**
   * Writes what `url` or `urls` of the derivation name (after hashed mirrors) to `target`, where
   * nothing lies yet; unpacked or executable where the derivation says so. The caller checks the
   * hash. Gives false where the derivation names nothing that can be fetched. Throws an Error that
   * says what went wrong with each address.
   */
  fetch(derivation: Derivation, target: string, transfer: Transfer): Promise<boolean>
}
