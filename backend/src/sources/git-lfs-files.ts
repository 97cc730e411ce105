/** Files of a revision that its repository keeps elsewhere, by Git LFS. */
import { bytesToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { UrlError } from '@snowglobe/shared/flakes/url'
import type { NarNode } from '@snowglobe/shared/nar'
import { HostError } from '@snowglobe/worker/evaluator/host'
import type { Fetcher } from '../fetch/fetcher'
import {
  downloadLfsObject,
  lfsDownloads,
  lfsServer,
  type LfsAccess,
  type LfsPointer,
  type LfsServer,
} from './git-lfs-server'
import type { RepositoryProgram } from './repository-program'
import type { Directory } from './git-tree'
import type { SourceCache } from './source-cache'

export interface LfsFilesOptions {
  fetcher: Pick<Fetcher, 'bytes'>
  cache: SourceCache
  program: RepositoryProgram
  warn: (text: ByteString) => void
}

type RegularFile = Extract<NarNode, { type: 'regular' }>

interface LfsFile extends LfsPointer {
  path: ByteString
  node: RegularFile
}

/** A pointer is smaller than this, as its specification says. */
const pointerBytes = 1024
/** Files that a server is asked for at a time, as git-lfs does it. */
const batchSize = 100

/** For one fetch, with all its submodules. */
export class LfsFiles {
  private bytes = 0

  constructor(private readonly options: LfsFilesOptions) {}

  /**
   * Puts into a tree the files for which only pointers stand in it.
   *
   * @param filters gives the attribute `filter` of paths
   * @param remote gives the URL of the repository; it is asked only where there are pointers
   * @throws HostError
   */
  async smudge(
    tree: Directory,
    filters: (paths: readonly ByteString[]) => Promise<ReadonlyMap<ByteString, ByteString>>,
    remote: () => Promise<ByteString>,
  ): Promise<void> {
    const regular = new Map(regularFiles(tree))
    const values = await filters([...regular.keys()])
    const files: LfsFile[] = []
    for (const [path, node] of regular) {
      if (values.get(path) !== 'lfs') continue
      const pointer = this.pointerIn(node, path)
      if (pointer !== null) files.push({ ...pointer, path, node })
    }
    if (files.length === 0) return
    this.admit(files)
    const url = await smudging(files[0]!, remote())
    const missing = files.filter((file) => {
      const known = this.options.cache.file(keyOf(url, file), Infinity)
      if (known !== null) file.node.contents = known.cached.bytes
      return known === null
    })
    if (missing.length === 0) return
    const server = await smudging(missing[0]!, lfsServer(url, this.options.program))
    for (let at = 0; at < missing.length; at += batchSize) {
      await this.fetchBatch(missing.slice(at, at + batchSize), server, url)
    }
  }

  private pointerIn({ contents }: RegularFile, path: ByteString): LfsPointer | null {
    const complain = (what: string) => {
      this.options.warn(
        `encountered file '/${path}' that should have been a git-lfs pointer, but is ${what}`,
      )
      return null
    }
    if (contents.length >= pointerBytes) return complain('too large')
    return parseLfsPointer(bytesToByteString(contents)) ?? complain('invalid')
  }

  /** Counts files before they come. Throws HostError where they are more than may. */
  private admit(files: readonly LfsFile[]): void {
    const { maxTreeBytes } = this.options.program
    this.bytes += files.reduce((sum, { size }) => sum + size, 0)
    if (this.bytes > maxTreeBytes) {
      throw new HostError(`the Git LFS files have more than ${maxTreeBytes} bytes`)
    }
  }

  private async fetchBatch(files: LfsFile[], server: LfsServer, url: ByteString): Promise<void> {
    const { fetcher, cache, program } = this.options
    const failed = new AbortController()
    const { signal } = failed
    const ends = program.signal === undefined ? [signal] : [signal, program.signal]
    const access: LfsAccess = { fetcher, signal: AbortSignal.any(ends) }
    const downloads = await smudging(files[0]!, lfsDownloads(server, files, access))
    try {
      await Promise.all(
        files.map(async (file, i) => {
          const bytes = await smudging(file, downloadLfsObject(downloads[i]!, file, access))
          file.node.contents = bytes
          const key = keyOf(url, file)
          cache.keepFile(key, { bytes, url: downloads[i]!.url, etag: null, immutableUrl: null })
        }),
      )
    } finally {
      failed.abort()
    }
  }
}

/** Of the repository as well: whoever knows a hash need not be one who may read the file. */
function keyOf(url: ByteString, { oid }: LfsPointer): string {
  return `git-lfs ${url} ${oid}`
}

/** Says of a failure for which file it was. */
async function smudging<Result>({ path }: LfsFile, work: Promise<Result>): Promise<Result> {
  return work.catch((error: unknown) => {
    if (!(error instanceof HostError || error instanceof UrlError)) throw error
    throw new HostError(error.message, `while smudging git-lfs file '/${path}'`)
  })
}

function* regularFiles(
  { entries }: Directory,
  prefix: ByteString = '',
): Generator<[ByteString, RegularFile]> {
  for (const [name, node] of entries) {
    if (node.type === 'regular') yield [prefix + name, node]
    else if (node.type === 'directory') yield* regularFiles(node, `${prefix}${name}/`)
  }
}

/**
 * What a pointer says (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md#the-pointer); null for
 * what is none of the first version.
 */
export function parseLfsPointer(text: ByteString): LfsPointer | null {
  if (!text.startsWith('version https://git-lfs.github.com/spec/v1')) return null
  const oid = /^oid sha256:([0-9a-fA-F]{64})$/m.exec(text)?.[1]
  const size = /^size (\d+)$/m.exec(text)?.[1]
  return oid === undefined || size === undefined ? null : { oid, size: Number(size) }
}
