/**
 * The one way in which the backend gets something from elsewhere: by HTTP, under rules about whom to
 * connect to, with limits, retries and resumption.
 */
import { createHash, type Hash as NodeHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rm, stat, type FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { HashAlgorithm } from '@snowglobe/shared/hash'
import { ConnectionRules, type ConnectionRulesOptions } from './connection-rules'
import { decodedBody } from './content-encoding'
import { FetchError } from './fetch-error'
import { fetchError, HttpClient, type Exchange } from './http-exchange'
import { netrcOf } from './netrc'

export interface FetcherOptions {
  /** Whether anything is fetched at all. */
  enabled?: boolean
  /** Whether `file://` is allowed: for what the operator wrote, never for a visitor. */
  files?: boolean
  /** Whom to connect to beyond the open Internet. */
  connections?: ConnectionRulesOptions
  /** Connections to one server at a time; Nix's `http-connections`. */
  connectionsPerServer?: number
  /** How often something is tried; Nix's `filetransfer-retry-attempts`. */
  attempts?: number
  /** How long to wait before the second try, in milliseconds; doubled each time. */
  retryMilliseconds?: number
  /** How long nothing may come, in milliseconds; Nix's `stalled-download-timeout`. */
  stallMilliseconds?: number
  /** How long anything may take with all retries, in milliseconds, where no other time is given. */
  timeoutMilliseconds?: number
  /** A file of certificates to trust in place of Node's own; Nix's `ssl-cert-file`. */
  certificates?: string | null
  /** A file of names and passwords for servers; Nix's `netrc-file`. */
  netrc?: string | null
}

export interface FetchOptions {
  /** Bytes that may come; more is an error. */
  maxBytes?: number
  /** How long it may take with all retries, in milliseconds. */
  timeout?: number
  /** How often it is tried. */
  attempts?: number
  signal?: AbortSignal | undefined
  /** Lower-case names, like `if-none-match`. */
  headers?: Readonly<Record<string, string>>
  /** A question that is posted; the answer is what is fetched. */
  body?: string
  /** Whether to undo what the server compressed for the way; else that is what one gets. */
  decode?: boolean
  /** Bytes that have come so far, and how many there will be (null if not known). */
  progress?: (received: number, total: number | null) => void
  /** Hears, before each new try, why the last one failed. */
  retrying?: (error: FetchError, milliseconds: number) => void
}

/** What came. */
export interface Fetched {
  /** Where it is from, after all redirects. */
  url: string
  /** 200, or 304 where `if-none-match` or `if-modified-since` was asked and nothing is new. */
  status: number
  /** Bytes. */
  size: number
  etag: string | null
  lastModified: string | null
  /** The URL of this very state, where the server tells it (`Link: <…>; rel="immutable"`). */
  immutableUrl: string | null
}

export interface Download extends Fetched {
  /** Of the file, raw bytes, by algorithm that was asked for. */
  hashes: ReadonlyMap<HashAlgorithm, Uint8Array>
}

/** What a timer can wait at most. */
const longest = 2 ** 31 - 1
/** Nobody waits longer between two tries, whatever the server says. */
const maxRetryMilliseconds = 60_000

export class Fetcher {
  private readonly client: HttpClient
  private readonly options: Required<Omit<FetcherOptions, 'connections'>>

  /** Throws an Error where the rules for connections make no sense. */
  constructor(options: FetcherOptions = {}) {
    this.options = {
      enabled: true,
      files: false,
      connectionsPerServer: 25,
      attempts: 5,
      retryMilliseconds: 250,
      stallMilliseconds: 30_000,
      timeoutMilliseconds: longest,
      certificates: null,
      netrc: null,
      ...options,
    }
    this.client = new HttpClient(
      new ConnectionRules(options.connections),
      'snowglobe',
      this.options.connectionsPerServer,
      this.options.certificates,
      ...(this.options.netrc === null ? [] : [netrcOf(this.options.netrc)]),
    )
  }

  /** Ends connections that are kept for later. */
  close(): void {
    this.client.close()
  }

  /**
   * Downloads into a file, which is replaced if it is there, and hashes it on the way. What broke in
   * the middle goes on from there where the server can do that. Throws FetchError; no file is left
   * then. At status 304 the file is empty.
   */
  async download(
    url: string,
    file: string,
    options: FetchOptions & { hashes?: readonly HashAlgorithm[] } = {},
  ): Promise<Download> {
    const handle = await open(file, 'w', 0o600)
    try {
      const state = new PartialDownload(handle, options.hashes ?? [], options)
      const fetched = await this.withRetries(url, options, (signal) =>
        this.continueDownload(url, state, { ...options, signal }),
      )
      return { ...fetched, hashes: state.digests() }
    } catch (error) {
      await rm(file, { force: true })
      throw error
    } finally {
      await handle.close()
    }
  }

  /** Gets something small into memory. Throws FetchError. */
  async bytes(url: string, options: FetchOptions & { maxBytes: number }): Promise<FetchedBytes> {
    return this.withRetries(url, options, async (signal) => {
      const answer = await this.open(url, { ...options, signal })
      const pieces: Buffer[] = []
      let size = 0
      await eachPiece(answer.body, url, (piece) => {
        size += piece.length
        checkSize(size, options.maxBytes, url)
        pieces.push(piece)
      })
      return { ...fetchedOf(answer), size, bytes: Buffer.concat(pieces) }
    })
  }

  /** Whether something is there (HEAD). Throws FetchError, but not where there is nothing. */
  async exists(url: string, options: FetchOptions = {}): Promise<boolean> {
    try {
      await this.withRetries(url, options, async (signal) => {
        const answer = await this.open(url, { ...options, signal, method: 'HEAD' })
        answer.body.destroy()
      })
      return true
    } catch (error) {
      if (error instanceof FetchError && error.kind === 'not-found') return false
      throw error
    }
  }

  private async continueDownload(
    url: string,
    state: PartialDownload,
    options: FetchOptions,
  ): Promise<Fetched> {
    const headers = { ...options.headers, ...state.resumeHeaders() }
    const answer = await this.open(url, { ...options, headers })
    const begin = () => state.begin(answer, url)
    await eachPiece(answer.body, url, (piece) => state.write(piece, url), begin)
    return { ...fetchedOf(answer), size: state.size }
  }

  /** The answer to a request if it is a success; its body decoded. Throws FetchError otherwise. */
  private async open(
    url: string,
    options: FetchOptions & { method?: 'GET' | 'HEAD' },
  ): Promise<Answer> {
    if (!this.options.enabled)
      throw new FetchError('off', url, 'fetching is switched off on this server')
    if (/^file:/i.test(url)) return this.openFile(url, options)
    const exchange = await this.client.exchange(url, {
      method: options.method ?? (options.body === undefined ? 'GET' : 'POST'),
      body: options.body,
      stallMilliseconds: this.options.stallMilliseconds,
      ...(options.headers === undefined ? {} : { headers: options.headers }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
    if (![200, 206, 304].includes(exchange.status)) throw await statusError(exchange, url)
    const { body, encoded } =
      options.decode === false ? { body: exchange.body, encoded: false } : decodedBody(exchange)
    const length = Number(exchange.headers['content-length'] ?? NaN)
    const total = encoded || !Number.isSafeInteger(length) ? null : length
    return {
      url: exchange.url.href,
      status: exchange.status,
      headers: exchange.headers,
      body,
      total,
    }
  }

  private async openFile(url: string, options: FetchOptions): Promise<Answer> {
    if (!this.options.files) throw new FetchError('refused', url, "'file:' URLs are not fetched")
    let path: string
    try {
      path = fileURLToPath(new URL(url))
    } catch (error) {
      throw new FetchError('refused', url, (error as Error).message)
    }
    const status = await stat(path).catch(() => null)
    if (status === null || !status.isFile())
      throw new FetchError('not-found', url, `there is no file '${path}'`)
    const body = createReadStream(path, options.signal ? { signal: options.signal } : {})
    return { url, status: 200, headers: {}, body, total: status.size }
  }

  private async withRetries<Result>(
    url: string,
    options: FetchOptions,
    attempt: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const attempts = options.attempts ?? this.options.attempts
    const end = AbortSignal.timeout(
      Math.min(options.timeout ?? this.options.timeoutMilliseconds, longest),
    )
    const signal = options.signal === undefined ? end : AbortSignal.any([options.signal, end])
    for (let tried = 1; ; tried++) {
      try {
        return await attempt(signal)
      } catch (error) {
        const failure = signal.aborted ? fetchError(signal.reason, url) : fetchError(error, url)
        if (signal.aborted || tried >= attempts || !failure.isTransient) throw failure
        const delay = this.delayBefore(tried, failure)
        options.retrying?.(failure, delay)
        await sleep(delay, undefined, { signal }).catch(() => {
          throw fetchError(signal.reason, url)
        })
      }
    }
  }

  /** Doubled each time, and at random so that not all who failed together come back together. */
  private delayBefore(tried: number, failure: FetchError): number {
    const usual = this.options.retryMilliseconds * 2 ** (tried - 1) * (1 + Math.random() / 2)
    return Math.round(Math.min(maxRetryMilliseconds, Math.max(usual, failure.retryAfter ?? 0)))
  }
}

export interface FetchedBytes extends Fetched {
  bytes: Buffer
}

interface Answer {
  url: string
  status: number
  headers: Exchange['headers']
  body: Readable
  /** Bytes that will come, null if not known. */
  total: number | null
}

/** A file that is being downloaded, in one go or in several. */
class PartialDownload {
  size = 0
  private total: number | null = null
  /** What the server calls this state of it: only that may be gone on with. */
  private validator: string | null = null
  private hashers: Map<HashAlgorithm, NodeHash>

  constructor(
    private readonly file: FileHandle,
    private readonly algorithms: readonly HashAlgorithm[],
    private readonly options: FetchOptions,
  ) {
    this.hashers = this.newHashers()
  }

  resumeHeaders(): Record<string, string> {
    if (this.size === 0 || this.validator === null) return {}
    return { range: `bytes=${this.size}-`, 'if-range': this.validator }
  }

  async begin({ status, headers, total }: Answer, url: string): Promise<void> {
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '')
    if (status === 206) {
      if (range === null || Number(range[1]) !== this.size) {
        this.validator = null
        throw new FetchError('network', url, 'the server sent another part than was asked for')
      }
    } else {
      this.size = 0
      this.hashers = this.newHashers()
      await this.file.truncate(0)
    }
    this.total = total === null ? null : this.size + total
    if (this.total !== null) checkSize(this.total, this.options.maxBytes, url)
    // A weak one tells of something that only means the same.
    const etag = headers.etag?.startsWith('W/') ? undefined : headers.etag
    const encoded = headers['content-encoding'] !== undefined && this.options.decode !== false
    this.validator = encoded ? null : (etag ?? headers['last-modified'] ?? null)
  }

  async write(piece: Buffer, url: string): Promise<void> {
    checkSize(this.size + piece.length, this.options.maxBytes, url)
    for (const hasher of this.hashers.values()) hasher.update(piece)
    for (let done = 0; done < piece.length;) {
      const { bytesWritten } = await this.file.write(piece, done, piece.length - done, this.size)
      done += bytesWritten
      this.size += bytesWritten
    }
    this.options.progress?.(this.size, this.total)
  }

  digests(): Map<HashAlgorithm, Uint8Array> {
    return new Map([...this.hashers].map(([name, hash]) => [name, new Uint8Array(hash.digest())]))
  }

  private newHashers(): Map<HashAlgorithm, NodeHash> {
    return new Map(this.algorithms.map((name) => [name, createHash(name)]))
  }
}

/**
 * Hands on the pieces of a body, once `prepare` is done. Each is asked for before the one before it is
 * dealt with: what nobody has asked for yet is lost when the connection breaks.
 */
async function eachPiece(
  body: Readable,
  url: string,
  take: (piece: Buffer) => void | Promise<void>,
  prepare: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const pieces = body[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>
  const askForNext = () => {
    const next = pieces.next()
    // Told where it is waited for.
    next.catch(() => {})
    return next
  }
  try {
    let next = askForNext()
    await prepare()
    for (let piece = await next; piece.done !== true; piece = await next) {
      next = askForNext()
      await take(piece.value)
    }
  } catch (error) {
    body.destroy()
    throw fetchError(error, url)
  }
}

function checkSize(size: number, maxBytes: number | undefined, url: string): void {
  if (maxBytes !== undefined && size > maxBytes)
    throw new FetchError('too-large', url, `it is larger than ${maxBytes} bytes`)
}

function fetchedOf({ url, status, headers }: Answer): Omit<Fetched, 'size'> {
  const link = /<([^>]*)>[^,]*;\s*rel="?immutable"?/.exec([headers.link ?? []].flat().join(','))
  const immutable = link?.[1]
  return {
    url,
    status: status === 304 ? 304 : 200,
    etag: headers.etag ?? null,
    lastModified: headers['last-modified'] ?? null,
    immutableUrl:
      immutable !== undefined && URL.canParse(immutable, url) ? new URL(immutable, url).href : null,
  }
}

/** Says what the server said, the beginning of it: often that tells what to do. */
async function statusError({ status, headers, body }: Exchange, url: string): Promise<FetchError> {
  const kind = status === 404 || status === 410 ? 'not-found' : 'status'
  const text = await firstText(body)
  const said = text === '' ? '' : `\n\nresponse body:\n\n${text}`
  return new FetchError(
    kind,
    url,
    `HTTP error ${status}${said}`,
    status,
    retryAfterMilliseconds(headers['retry-after']),
  )
}

const shownBodyBytes = 1024

async function firstText(body: Readable): Promise<string> {
  let text = ''
  try {
    for await (const piece of body) {
      text += (piece as Buffer).toString('utf8')
      if (text.length > shownBodyBytes) break
    }
  } catch {
    // The status says enough.
  }
  return text
    .slice(0, shownBodyBytes)
    .replace(/[^\P{C}\n\t]/gu, '')
    .trim()
}

function retryAfterMilliseconds(text: string | undefined): number | null {
  if (text === undefined) return null
  const milliseconds = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : null
}
