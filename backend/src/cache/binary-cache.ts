/**
 * Somebody else's binary cache, as a client sees it
 * (https://nix.dev/manual/nix/latest/protocols/binary-cache). What it says is not believed here:
 * whoever asks checks signatures and hashes.
 */
import { pathToFileURL } from 'node:url'
import type { ByteString } from '@snowglobe/shared/bytes'
import { NarInfoError, parseNarInfo, type NarInfo } from '@snowglobe/shared/narinfo'
import { parseRealisation, realisationFile, type Realisation } from '@snowglobe/shared/realisation'
import { parseStorePath } from '@snowglobe/shared/store-path'
import { FetchError } from '../fetch/fetch-error'
import type { Download, Fetcher, FetchOptions } from '../fetch/fetcher'

/** A cache that cannot be used, or an answer of one; the message is for people. */
export class CacheError extends Error {
  override name = 'CacheError'
}

/** What does not answer is not asked again for so long, as with Nix; each time for twice as long. */
const disabledSeconds = 60
const maxDisabledSeconds = 3600
/** All tries of a question together. */
const questionMilliseconds = 15_000
const maxInfoBytes = 2 ** 20
const defaultPriority = 50
/** Answers that are remembered; the oldest go first. */
const rememberedInfos = 20_000

interface Remembered {
  info: NarInfo | null
  until: number
}

interface CacheInfo {
  priority: number
}

/** `signal`, and who is told why something is tried again. */
export type AskOptions = Pick<FetchOptions, 'signal' | 'retrying'>

export class BinaryCache {
  /** Ends with a slash. */
  readonly url: string
  private info: Promise<CacheInfo> | null = null
  private disabledUntil = 0
  private disabledFor = 0
  private readonly remembered = new Map<string, Remembered>()

  /** `url` as Nix takes it; a priority may be set in it (`?priority=10`). Throws CacheError. */
  constructor(
    url: string,
    private readonly options: {
      storeDir: ByteString
      fetcher: Fetcher
      positiveSeconds: number
      negativeSeconds: number
    },
  ) {
    this.url = baseUrl(url)
  }

  /** The cache as people know it. */
  get name(): string {
    return this.url.replace(/\/?(\?.*)?$/, '')
  }

  /** Whether it may be asked now: not where it failed a moment ago. */
  get isEnabled(): boolean {
    return Date.now() >= this.disabledUntil
  }

  /** Asks no more for a while. Gives the line that says so. */
  disable(): string {
    this.disabledFor = Math.min(maxDisabledSeconds, this.disabledFor * 2 || disabledSeconds)
    this.disabledUntil = Date.now() + this.disabledFor * 1000
    this.info = null
    return `disabling binary cache '${this.name}' for ${this.disabledFor} seconds`
  }

  /**
   * A number; the cache with the lowest is asked first. Throws CacheError or FetchError where this is
   * no cache for our store.
   */
  async priority(options: AskOptions): Promise<number> {
    this.info ??= this.askInfo(options)
    try {
      return (await this.info).priority
    } catch (error) {
      this.info = null
      throw error
    }
  }

  /**
   * What the cache says of a path, or null if it has none such. Throws CacheError, FetchError,
   * NarInfoError.
   */
  async narInfo(path: ByteString, options: AskOptions): Promise<NarInfo | null> {
    const { hashPart } = parseStorePath(this.options.storeDir, path)
    const known = this.remembered.get(hashPart)
    if (known !== undefined && known.until > Date.now()) return known.info
    const info = await this.askNarInfo(hashPart, options)
    if (info !== null && info.path !== path)
      throw new NarInfoError(`asked '${this.name}' for '${path}' but got '${info.path}'`)
    this.remember(hashPart, info)
    return info
  }

  /** What the cache says an output has become, or null. Throws FetchError, RealisationError. */
  async realisation(
    drvPath: ByteString,
    output: ByteString,
    options: AskOptions,
  ): Promise<Realisation | null> {
    const text = await this.file(realisationFile(drvPath, output), options)
    const { storeDir } = this.options
    return text === null ? null : parseRealisation(storeDir, { drvPath, output }, text)
  }

  /** Forgets what it said of a path, as when its NAR is gone. */
  forget(path: ByteString): void {
    this.remembered.delete(parseStorePath(this.options.storeDir, path).hashPart)
  }

  /** Downloads a path's compressed NAR into a file, and its SHA-256. Throws CacheError, FetchError. */
  async download(info: NarInfo, file: string, options: FetchOptions): Promise<Download> {
    const url = new URL(info.url, this.url)
    // A cache elsewhere must not name files of ours.
    if (url.protocol === 'file:' && !this.url.startsWith('file:'))
      throw new CacheError(`the NAR of '${info.path}' is said to be at '${info.url}'`)
    const atMost = info.fileSize === null ? {} : { maxBytes: info.fileSize }
    return this.options.fetcher.download(url.href, file, {
      hashes: ['sha256'],
      ...atMost,
      ...options,
    })
  }

  /** A small file of the cache, or null if there is none. Throws FetchError. */
  async file(name: string, options: AskOptions): Promise<string | null> {
    try {
      const url = new URL(name, this.url).href
      const { bytes } = await this.options.fetcher.bytes(url, {
        maxBytes: maxInfoBytes,
        timeout: questionMilliseconds,
        ...options,
      })
      return bytes.toString('latin1')
    } catch (error) {
      if (error instanceof FetchError && isNothing(error)) return null
      throw error
    }
  }

  private async askNarInfo(hashPart: string, options: AskOptions): Promise<NarInfo | null> {
    const name = `${hashPart}.narinfo`
    const text = await this.file(name, options)
    this.disabledFor = 0
    return text === null ? null : parseNarInfo(this.options.storeDir, text, this.url + name)
  }

  private async askInfo(options: AskOptions): Promise<CacheInfo> {
    const text = await this.file('nix-cache-info', options)
    if (text === null) throw new CacheError(`'${this.name}' does not appear to be a binary cache`)
    const fields = new Map(
      [...text.matchAll(/^([^:\n]*): *(.*?) *$/gm)].map((match) => [match[1]!, match[2]!]),
    )
    const storeDir = fields.get('StoreDir') ?? this.options.storeDir
    if (storeDir !== this.options.storeDir)
      throw new CacheError(
        `binary cache '${this.name}' is for Nix stores with prefix '${storeDir}', not ` +
          `'${this.options.storeDir}'`,
      )
    const own = new URL(this.url).searchParams.get('priority')
    const priority = Number(own ?? fields.get('Priority') ?? defaultPriority)
    return { priority: Number.isFinite(priority) ? priority : defaultPriority }
  }

  private remember(hashPart: string, info: NarInfo | null): void {
    const seconds = info === null ? this.options.negativeSeconds : this.options.positiveSeconds
    this.remembered.delete(hashPart)
    this.remembered.set(hashPart, { info, until: Date.now() + seconds * 1000 })
    const oldest = this.remembered.keys().next()
    if (this.remembered.size > rememberedInfos && !oldest.done) this.remembered.delete(oldest.value)
  }
}

/** S3 and its like answer so for what is not there to those who may not list. */
function isNothing({ kind, status }: FetchError): boolean {
  return kind === 'not-found' || status === 403
}

/** A path becomes a `file:` URL. Relative names are resolved against what is given. */
function baseUrl(text: string): string {
  const full = text.startsWith('/') ? pathToFileURL(text).href : text
  if (!URL.canParse(full)) throw new CacheError(`'${text}' is not the URL of a binary cache`)
  const url = new URL(full)
  if (!['http:', 'https:', 'file:'].includes(url.protocol))
    throw new CacheError(
      `'${text}' is no cache that can be used here: it must be http, https, or file`,
    )
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  url.hash = ''
  return url.href
}
