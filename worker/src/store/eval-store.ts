import type { ByteString } from '@snowglobe/shared/bytes'
import type { Derivation } from '@snowglobe/shared/derivation'
import type { HashAlgorithm } from '@snowglobe/shared/hash'
import type { DerivationFile, FinishedDerivations } from '@snowglobe/shared/hash-modulo'
import type { SourceAccessor, FileType } from './source-accessor'

/** How a tree of files is turned into bytes to be hashed: as a NAR, or the one file's contents. */
export type FileIngestionMethod = 'recursive' | 'flat'

/** Decides whether a file below the root of a tree belongs to it. */
export type PathFilter = (path: ByteString, type: FileType) => boolean

/**
 * The store as evaluation sees it: synchronous. What is added is hashed and its path returned at
 * once; reads see it. What has been added reaches the real store (store.ts) when the evaluation's
 * result is reported.
 */
export interface EvalStore {
  /** `/nix/store`, or what NIX_STORE_DIR says. */
  readonly storeDir: ByteString

  /** What earlier evaluations have found of derivations, where there may be some. */
  readonly finished?: FinishedDerivations

  /** Adds a text file (builtins.toFile). Gives its store path. */
  addText(name: ByteString, contents: ByteString, references: readonly ByteString[]): ByteString

  /**
   * Adds a copy of the files at a path. Gives its store path; with `expectedHash` (raw bytes) throws
   * if the contents hash to something else. `references` are what the copy refers to, if anything.
   */
  addPath(
    source: SourceAccessor,
    path: ByteString,
    options: {
      name: ByteString
      method: FileIngestionMethod
      algorithm: HashAlgorithm
      filter?: PathFilter
      expectedHash?: Uint8Array
      references?: readonly ByteString[]
    },
  ): ByteString

  /** Writes a derivation's `.drv`, which is `file` where that is known already. Gives its path. */
  addDerivation(derivation: Derivation, file?: DerivationFile): ByteString

  /** Reads a `.drv` of this store. Throws if it is not there or is malformed. */
  readDerivation(path: ByteString): Derivation

  /** Whether a store path is valid: present with its references. */
  isValidPath(path: ByteString): boolean

  /** What a valid path refers to, as far as the store knows; may contain the path itself. */
  references(path: ByteString): readonly ByteString[]
}
