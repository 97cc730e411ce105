/** Fetches what evaluations ask for: files, archives, repositories, directories. */
import { existsSync, lstatSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { byteStringToUtf8, utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { readTar, TarError } from '@snowglobe/shared/tar'
import type {
  Fetched,
  FetchRequest,
  RequestHeaders,
} from '@snowglobe/worker/evaluator/fetch-request'
import { HostError } from '@snowglobe/worker/evaluator/host'
import { FileSystemAccessor } from '@snowglobe/worker/node/file-system-accessor'
import { dumpTree } from '@snowglobe/worker/store/dump-tree'
import { CompressionError, compressionOf, decompress } from '../cache/compression'
import { FetchError } from '../fetch/fetch-error'
import type { Fetcher } from '../fetch/fetcher'
import { RepositoryClones } from './repository-clones'
import { LfsFiles } from './git-lfs-files'
import type { RepositoryService } from './repository-program'
import { fetchGit } from './git-source'
import { fetchMercurial } from './mercurial-source'
import type { CachedFile, SourceCache } from './source-cache'
import { isZip, readZip, ZipError } from './zip-archive'

export interface SourceFetcherOptions {
  fetcher: Fetcher
  /** Gets what is in Git repositories. */
  git: RepositoryService
  /** The same of Mercurial repositories. */
  mercurial: RepositoryService
  cache: SourceCache
  /** Bytes of clones that are kept for each of these; Infinity where several processes share them. */
  maxCloneBytes: number
  /** Whether directories are read: on a person's own machine. */
  local: boolean
  maxBytes: number
  /** Bytes that an archive may unpack to. */
  maxUnpackedBytes: number
  allowDirty: boolean
  warnDirty: boolean
  warn: (text: ByteString) => void
}

export class SourceFetcher {
  private readonly gitClones: RepositoryClones
  private readonly mercurialClones: RepositoryClones

  constructor(private readonly options: SourceFetcherOptions) {
    const { cache, maxCloneBytes } = options
    this.gitClones = new RepositoryClones(join(cache.directory, 'git'), maxCloneBytes)
    this.mercurialClones = new RepositoryClones(join(cache.directory, 'hg'), maxCloneBytes)
  }

  /**
   * Fetches; what may change at its place is asked for again after `ttl` seconds. A signal ends
   * downloads of files, archives and repositories.
   *
   * @throws HostError
   */
  async fetch(request: FetchRequest, ttl: number, signal?: AbortSignal): Promise<Fetched> {
    switch (request.kind) {
      case 'file': {
        const { bytes } = await this.download(request, ttl, signal)
        return { tree: { type: 'regular', executable: false, contents: bytes } }
      }
      case 'tarball':
        if (this.options.local) checkLocalArchive(request.url)
        return this.unpack(request.url, await this.download(request, ttl, signal), signal)
      case 'git': {
        const { options, gitClones: clones } = this
        return options.git.use((program) => {
          const lfs = new LfsFiles({ ...options, program })
          return fetchGit(request, ttl, { ...options, program, clones, lfs })
        }, signal)
      }
      case 'mercurial': {
        const { options, mercurialClones: clones } = this
        return options.mercurial.use(
          (program) => fetchMercurial(request, ttl, { ...options, program, clones }),
          signal,
        )
      }
      case 'path':
        if (this.options.local) return readPath(request.path)
        throw new HostError(`'${request.path}' is no directory that can be read here`)
    }
  }

  private async download(
    request: { url: ByteString; headers?: RequestHeaders },
    ttl: number,
    signal: AbortSignal | undefined,
  ): Promise<CachedFile> {
    const { fetcher, cache, maxBytes, warn } = this.options
    const url = byteStringToUtf8(request.url)
    const isLocal = url.startsWith('file:')
    const known = isLocal ? null : cache.file(url, ttl)
    if (known?.fresh === true) return known.cached
    try {
      const etag = known?.cached.etag ?? null
      const answer = await fetcher.bytes(url, {
        maxBytes,
        signal,
        headers: { ...request.headers, ...(etag === null ? {} : { 'if-none-match': etag }) },
      })
      if (answer.status === 304 && known !== null) {
        cache.renewFile(url)
        return known.cached
      }
      const { bytes, immutableUrl } = answer
      const file = { bytes, url: answer.url, etag: answer.etag, immutableUrl }
      if (!isLocal) cache.keepFile(url, file)
      return file
    } catch (error) {
      if (!(error instanceof FetchError)) throw error
      if (known !== null && error.isTransient && signal?.aborted !== true) {
        warn(`${utf8ToByteString(error.message)}; using cached version`)
        return known.cached
      }
      throw new HostError(utf8ToByteString(error.message))
    }
  }

  private async unpack(
    url: ByteString,
    { bytes, immutableUrl }: CachedFile,
    signal: AbortSignal | undefined,
  ): Promise<Fetched> {
    try {
      const { tree, lastModified } = isZip(bytes)
        ? await readZip(bytes, this.options.maxUnpackedBytes, signal)
        : readTar(await this.decompressed(bytes, signal))
      const [top, ...others] = tree.entries.values()
      return {
        tree: top?.type === 'directory' && others.length === 0 ? top : tree,
        lastModified,
        ...(immutableUrl === null ? {} : { immutableUrl: utf8ToByteString(immutableUrl) }),
      }
    } catch (error) {
      const expected = [TarError, ZipError, CompressionError].some((kind) => error instanceof kind)
      // zlib's errors are Node's own, with a code.
      if (!(error instanceof Error) || !(expected || 'code' in error)) throw error
      throw new HostError(`cannot unpack '${url}': ${utf8ToByteString(error.message)}`)
    }
  }

  private async decompressed(bytes: Buffer, signal: AbortSignal | undefined): Promise<Buffer> {
    const method = compressionOf(bytes)
    if (method === 'none') return bytes
    const pieces: Buffer[] = []
    let size = 0
    for await (const piece of decompress(method, Readable.from([bytes]))) {
      if (signal?.aborted === true) throw new CompressionError('it was stopped')
      pieces.push(piece as Buffer)
      size += (piece as Buffer).length
      if (size > this.options.maxUnpackedBytes) {
        throw new CompressionError(`it unpacks to more than ${this.options.maxUnpackedBytes} bytes`)
      }
    }
    return Buffer.concat(pieces)
  }
}

/** Says of an archive on this machine what is there in its place. Throws HostError. */
function checkLocalArchive(url: ByteString): void {
  if (!url.startsWith('file:')) return
  const path = fileURLToPath(byteStringToUtf8(url))
  const shown = `tarball "${utf8ToByteString(path)}"`
  const status = statSync(path, { throwIfNoEntry: false })
  if (status === undefined) throw new HostError(`${shown} does not exist.`)
  if (!status.isDirectory()) return
  throw new HostError(
    existsSync(join(path, '.git'))
      ? `${shown} is a git repository, not a tarball. Please use \`git+file\` as the scheme.`
      : `${shown} is a directory, not a file.`,
  )
}

/** A directory as it is, and when anything in it was last changed. */
function readPath(path: ByteString): Fetched {
  const files = new FileSystemAccessor()
  if (files.status(path) === null) throw new HostError(`path '${path}' does not exist`)
  return { tree: dumpTree(files, path), lastModified: newestChange(byteStringToUtf8(path)) }
}

function newestChange(root: string): number {
  let newest = 0
  const work = [root]
  for (let path = work.pop(); path !== undefined; path = work.pop()) {
    const status = lstatSync(path)
    newest = Math.max(newest, status.mtimeMs)
    if (status.isDirectory()) for (const name of readdirSync(path)) work.push(join(path, name))
  }
  return Math.floor(newest / 1000)
}
