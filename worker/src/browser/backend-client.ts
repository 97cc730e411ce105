import { byteStringToUtf8, utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { fetchedHeader, fetchedSchema, type FetchQuestion } from '@snowglobe/shared/fetch-messages'
import {
  channelsResponseSchema,
  errorResponseSchema,
  healthSchema,
  importResponseSchema,
  missingResponseSchema,
  type Channel,
  type Health,
} from '@snowglobe/shared/messages'
import { readNar } from '@snowglobe/shared/nar'
import { parseNarInfo, type NarInfo } from '@snowglobe/shared/narinfo'
import { parseStorePath } from '@snowglobe/shared/store-path'
import * as v from 'valibot'
import type { Fetched, FetchRequest } from '../evaluator/fetch-request'
import type { Documentation } from '../intelligence/documentation'

/** Something the backend did not do; the message is for people. */
export class BackendError extends Error {
  override name = 'BackendError'
}

/** Paths in one question: the schema's own limit, and a body of a few megabytes. */
const pathsAtOnce = 20_000
const healthMilliseconds = 4000

/**
 * The backend over HTTP: what it is, what it lacks, what it takes, and its binary cache. Everything
 * it says is checked.
 */
export class BackendClient {
  /**
   * @param base where the backend is, like `https://host/`
   * @param request the platform's fetch
   */
  constructor(
    readonly storeDir: ByteString,
    private readonly base: string,
    private readonly request: (url: string, init?: RequestInit) => Promise<Response>,
  ) {}

  /** What the backend says of itself; null where none answers. */
  async health(): Promise<Health | null> {
    try {
      const response = await this.request(this.url('api/health'), {
        signal: AbortSignal.timeout(healthMilliseconds),
        cache: 'no-store',
      })
      if (!response.ok) return null
      const health = v.safeParse(healthSchema, await response.json())
      return health.success ? health.output : null
    } catch {
      // A static host answers with a page or not at all: there is no backend.
      return null
    }
  }

  /** Of these paths those that the backend does not have. */
  async missing(paths: readonly ByteString[]): Promise<ByteString[]> {
    const missing: ByteString[] = []
    for (let start = 0; start < paths.length; start += pathsAtOnce) {
      const answer = await this.ask('api/store/missing', missingResponseSchema, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ paths: paths.slice(start, start + pathsAtOnce) }),
      })
      missing.push(...answer.missing)
    }
    return missing
  }

  /** Sends an export stream. Gives the paths that the backend has taken from it. */
  async import(stream: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<ByteString[]> {
    const answer = await this.ask('api/store/import', importResponseSchema, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: stream,
      signal,
    })
    return answer.imported
  }

  /** What the cache tells of a path; null if it does not have it. Signatures are not checked here. */
  async narInfo(path: ByteString): Promise<NarInfo | null> {
    const { hashPart } = parseStorePath(this.storeDir, path)
    // A browser reads NARs that are compressed for the way only.
    const name = `${hashPart}.narinfo?compression=none`
    const response = await this.send(name)
    if (response.status === 404) return null
    await this.check(response, name)
    const info = parseNarInfo(this.storeDir, await response.text(), this.url(name))
    if (info.path !== path) {
      throw new BackendError(`the cache answered for '${info.path}' when asked for '${path}'`)
    }
    return info
  }

  /** Has the backend fetch a file, the tree in an archive or a repository. Throws BackendError. */
  async fetch(
    request: Extract<FetchRequest, { kind: 'file' | 'tarball' | 'git' | 'mercurial' }>,
    ttl: number,
  ): Promise<Fetched> {
    const question = { ...request, url: byteStringToUtf8(request.url), ttl }
    // Tokens are for the server that they are from, and for nobody between.
    if ('headers' in question) delete question.headers
    if ('ref' in question && question.ref !== null) {
      question.ref = byteStringToUtf8(question.ref)
    }
    const response = await this.send('api/fetch', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(question satisfies FetchQuestion),
    })
    await this.check(response, 'api/fetch')
    const told = v.safeParse(fetchedSchema, JSON.parse(response.headers.get(fetchedHeader) ?? '{}'))
    const tree = readNar(new Uint8Array(await response.arrayBuffer()))
    if (!told.success) throw new BackendError('the backend tells nothing of what it has fetched')
    const { lastModified, immutableUrl, rev, revCount, ref } = told.output
    return {
      tree,
      ...(lastModified === undefined ? {} : { lastModified }),
      ...(immutableUrl === undefined ? {} : { immutableUrl: utf8ToByteString(immutableUrl) }),
      ...(rev === undefined ? {} : { rev }),
      ...(revCount === undefined ? {} : { revCount }),
      ...(ref === undefined ? {} : { ref: utf8ToByteString(ref) }),
    }
  }

  /** A NAR, uncompressed. `url` and `compression` are the narinfo's. */
  async nar(path: ByteString, url: string, compression: string): Promise<Uint8Array> {
    const response = await this.send(url)
    if (response.status === 404) {
      throw new BackendError(`the cache no longer has the contents of '${path}': build it again`)
    }
    await this.check(response, url)
    if (compression === 'none') return new Uint8Array(await response.arrayBuffer())
    if (compression !== 'gzip' || response.body === null) {
      throw new BackendError(
        `'${path}' is compressed with ${compression}, which cannot be read here`,
      )
    }
    const plain = response.body.pipeThrough(new DecompressionStream('gzip'))
    return new Uint8Array(await new Response(plain).arrayBuffer())
  }

  /** The channels that the page brings along and those of the backend; null where none answers. */
  async channels(): Promise<Channel[] | null> {
    const [shipped, offered] = await Promise.all([
      this.channelsAt('channels/shipped.json'),
      this.channelsAt('api/channels'),
    ])
    return shipped === null && offered === null ? null : [...(shipped ?? []), ...(offered ?? [])]
  }

  /** What the page tells of the collection that it brings along. Its own build has written it. */
  async documentation(): Promise<Documentation> {
    const path = 'channels/starter-documentation.json'
    const response = await this.send(path)
    await this.check(response, path)
    return (await response.json()) as Documentation
  }

  private async channelsAt(path: string): Promise<Channel[] | null> {
    try {
      const response = await this.request(this.url(path), {
        signal: AbortSignal.timeout(healthMilliseconds),
      })
      if (!response.ok) return null
      const answer = v.safeParse(channelsResponseSchema, await response.json())
      return answer.success ? answer.output.channels : null
    } catch {
      return null
    }
  }

  /**
   * Downloads a channel's pack into bytes of its size. Gives how many are there each time that some have
   * come. Throws BackendError, or what `signal` was given.
   */
  async *pack(
    channel: Channel,
    bytes: Uint8Array,
    signal: AbortSignal,
  ): AsyncGenerator<number, void> {
    // It is kept by us: the browser need not keep it once more.
    const response = await this.send(channel.url, { signal, cache: 'no-store' })
    await this.check(response, channel.url)
    const reader = response.body!.getReader()
    let received = 0
    try {
      for (;;) {
        const { done, value } = await reader.read().catch((error: unknown) => {
          if (signal.aborted) throw error
          throw new BackendError(
            `the channel '${channel.name}' could not be downloaded: the connection broke, try again`,
          )
        })
        if (done) break
        if (received + value.length > bytes.length) {
          throw new BackendError(`the channel '${channel.name}' is larger than the backend said`)
        }
        bytes.set(value, received)
        received += value.length
        yield received
      }
    } finally {
      // It may be that nobody wants the rest.
      void reader.cancel().catch(() => undefined)
    }
    if (received < bytes.length) {
      throw new BackendError(`the channel '${channel.name}' came without its end: try again`)
    }
  }

  private async ask<Schema extends v.GenericSchema>(
    path: string,
    schema: Schema,
    init: RequestInit,
  ): Promise<v.InferOutput<Schema>> {
    const response = await this.send(path, init)
    await this.check(response, path)
    const answer = v.safeParse(schema, await response.json().catch(() => null))
    if (!answer.success) throw new BackendError(`the backend's answer to ${path} makes no sense`)
    return answer.output
  }

  private async send(path: string, init?: RequestInit): Promise<Response> {
    try {
      return await this.request(this.url(path), init)
    } catch (error) {
      if (init?.signal?.aborted === true) throw init.signal.reason ?? error
      throw new BackendError('the backend does not answer: check the connection and try again')
    }
  }

  /** The backend's own words where it refuses, else the status. */
  private async check(response: Response, path: string): Promise<void> {
    if (response.ok) return
    const told = v.safeParse(errorResponseSchema, await response.json().catch(() => null))
    throw new BackendError(
      told.success ? told.output.error : `the backend answered ${response.status} to ${path}`,
    )
  }

  private url(path: string): string {
    return new URL(path, this.base).href
  }
}
