import type { ByteString } from '@snowglobe/shared/bytes'
import type { StoredTree } from '../language/file-tree'

export type FileType = 'regular' | 'directory' | 'symlink' | 'unknown'

/** What `lstat` tells of a path. */
export interface FileStatus {
  type: FileType
  /** The owner's executable bit; only of regular files. */
  executable: boolean
  /** Bytes; only of regular files. */
  size: number
}

/**
 * A tree of files that can be read, as Nix's source accessors: absolute canonical paths in byte
 * strings, no side effects, synchronous. Symbolic links are not followed; `status` is an lstat.
 */
export interface SourceAccessor {
  /** What lies at a path, or null if nothing does. */
  status(path: ByteString): FileStatus | null
  /** The contents of a regular file. Throws if there is none. */
  readFile(path: ByteString): Uint8Array
  /** The names in a directory, in any order. Throws if it is none. */
  readDirectory(path: ByteString): Map<ByteString, FileType>
  /** The target of a symbolic link. Throws if it is none. */
  readLink(path: ByteString): ByteString
  /**
   * An object that stands for the contents of a regular file: as long as it is the same, so are they.
   * Null, as where there is no such method, tells nothing.
   */
  identity?(path: ByteString): object | null
  /** The syntax tree of a regular file, where it lies beside the file; else null. */
  syntax?(path: ByteString): StoredTree | null
}
