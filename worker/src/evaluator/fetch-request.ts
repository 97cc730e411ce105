/** What fetchers ask of a host. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { PublicKey } from '@snowglobe/shared/flakes/repository-inputs'
import type { NarNode } from '@snowglobe/shared/nar'

/** What a server wants to see of whoever asks, by names in lower case. */
export type RequestHeaders = Readonly<Record<string, string>>

export type FetchRequest =
  /** One file; the tree that is given is a regular file. */
  | { kind: 'file'; url: ByteString; headers?: RequestHeaders }
  /** The tree in an archive: what is in its single top directory if it has just one. */
  | { kind: 'tarball'; url: ByteString; headers?: RequestHeaders }
  | {
      kind: 'git'
      /** As Git takes it: `https:`, `ssh:`, `git:` or `file:`. */
      url: ByteString
      /** Branch or tag; null for the one that is checked out there. */
      ref: ByteString | null
      rev: ByteString | null
      submodules: boolean
      shallow: boolean
      allRefs: boolean
      exportIgnore: boolean
      /** Whether files are got that the repository keeps elsewhere, by Git LFS. */
      lfs: boolean
      /** The commit has to be signed with one of these keys; null where it is not looked at. */
      signedBy: readonly PublicKey[] | null
    }
  | { kind: 'mercurial'; url: ByteString; ref: ByteString | null; rev: ByteString | null }
  /** A directory of the machine that evaluates. */
  | { kind: 'path'; path: ByteString }

/** A path of a binary cache, with all that it refers to. */
export interface ClosureRequest {
  fromStore: ByteString
  fromPath: ByteString
  /** What a content-addressed copy is expected to be; '' where it is asked for, null for no copy. */
  toPath: ByteString | null
}

export interface FetchedClosure {
  /** The path, or the content-addressed one that stands for it. */
  path: ByteString
  isContentAddressed: boolean
}

/** What was fetched, and what is known of it. */
export interface Fetched {
  tree: NarNode
  /** Seconds since 1970. */
  lastModified?: number
  rev?: ByteString
  revCount?: number
  /** The branch that it is of. */
  ref?: ByteString
  /** Where changes that are not committed are in it: the commit before them. */
  dirtyRev?: ByteString
  /** A URL under which this very state will stay, which the server told. */
  immutableUrl?: ByteString
}

/** A text that stands for a request: equal for equal ones. */
export function requestKey(request: FetchRequest): string {
  return JSON.stringify(Object.entries(request).sort(([a], [b]) => (a < b ? -1 : 1)))
}
