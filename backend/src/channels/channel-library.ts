import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, lstatSync, mkdirSync, readdirSync } from 'node:fs'
import { existsSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { constants, createBrotliCompress } from 'node:zlib'
import * as v from 'valibot'
import { channelSchema, type Channel } from '@snowglobe/shared/messages'
import { openPack } from '@snowglobe/shared/pack'
import type { Fetcher } from '../fetch/fetcher'
import { tarballUrl } from './channel-url'
import { makePack } from './make-pack'
import { packFile } from './pack-file'
import { packingVersion } from './pack-syntax'
import { SourceError } from './read-source'

/**
 * What the operator asks for: a directory, a tarball or its address (channel-url.ts), and what to call
 * it if not by its version.
 */
export interface ChannelSource {
  name: string | null
  path: string
}

/** A pack of a source that was as it is now; of a downloaded one, what the server calls its state. */
const recordSchema = v.object({
  fingerprint: v.string(),
  channel: channelSchema,
  etag: v.optional(v.string()),
})
const recordsSchema = v.record(v.string(), recordSchema)
type Records = v.InferOutput<typeof recordsSchema>

/** Quality 5 takes seconds for sixty megabytes; 9 makes them a tenth smaller in a minute. */
const brotli = {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: 5,
    [constants.BROTLI_PARAM_LGWIN]: 24,
  },
}

/** nixpkgs has 30 to 50 MB. */
const maxDownload = 2 ** 30
/** Between two reports of how far a download is. */
const reportMilliseconds = 5000

/** The channels that the server offers, as packs in a directory of their own. */
export class ChannelLibrary {
  readonly channels: Channel[] = []
  private readonly closing = new AbortController()
  private compression: Promise<void> = Promise.resolve()
  /** Downloads one after another. */
  private following: Promise<void> = Promise.resolve()

  /**
   * @param directory where packs are kept from one start to the next
   * @param report for what the operator should know
   * @param fetcher for channels that are downloaded
   */
  constructor(
    private readonly directory: string,
    private readonly report: (message: string) => void,
    private readonly fetcher: Pick<Fetcher, 'download'>,
  ) {}

  /**
   * Offers a channel; packs it where that was not done before or it has changed since.
   *
   * @throws SourceError, PackError, NarError
   */
  add(source: ChannelSource): Channel {
    mkdirSync(this.directory, { recursive: true })
    const channel = this.pack(source)
    this.offer(channel, source)
    return channel
  }

  /**
   * Offers a channel that is downloaded: what was there the last time at once, and what is new when it is
   * packed. Whatever fails is reported.
   */
  follow(source: ChannelSource): void {
    mkdirSync(this.directory, { recursive: true })
    const known = this.readRecords()[keyOf(source)]
    const offered = known !== undefined && existsSync(this.fileOf(known.channel))
    if (offered) this.offer(known.channel, source)
    this.following = this.following.then(async () => {
      try {
        await this.update(source, offered ? known : null)
      } catch (error) {
        if (this.closing.signal.aborted) return
        const until = offered ? '; what was there the last time is offered' : ''
        this.report(`channel ${source.path}: ${(error as Error).message}${until}`)
      }
    })
  }

  /** Settles when all that is followed has been asked for. */
  get followed(): Promise<void> {
    return this.following
  }

  /** Downloads and packs a channel if it is not what is known of it. */
  private async update(source: ChannelSource, known: Records[string] | null): Promise<void> {
    const { signal } = this.closing
    signal.throwIfAborted()
    const url = tarballUrl(source.path)
    const download = join(this.directory, 'download.new')
    const packed = join(this.directory, 'packed.new')
    const version = packingVersion()
    const isNew = known?.fingerprint !== version
    try {
      const fetched = await this.fetcher.download(url, download, {
        maxBytes: maxDownload,
        signal,
        headers: !isNew && known?.etag !== undefined ? { 'if-none-match': known.etag } : {},
        progress: this.progressOf(source),
        retrying: ({ message }) => this.report(`${message}; it is tried again`),
      })
      if (fetched.status === 304) return
      await packFile(download, packed, source.name, signal)
      const channel = describePack(readFileSync(packed))
      renameSync(packed, this.fileOf(channel))
      if (known !== null) {
        this.channels.splice(this.channels.indexOf(known.channel), 1)
      }
      const etag = fetched.etag === null ? {} : { etag: fetched.etag }
      this.keep(source, { fingerprint: version, channel, ...etag })
      this.offer(channel, source)
      this.report(`channel ${channel.name} (${channel.label}): ${channel.storePath}`)
    } finally {
      rmSync(download, { force: true })
      rmSync(packed, { force: true })
    }
  }

  private progressOf({ path }: ChannelSource): (received: number, total: number | null) => void {
    let told = performance.now()
    return (received, total) => {
      const now = performance.now()
      if (now - told < reportMilliseconds) return
      told = now
      const of = total === null ? '' : ` of ${megabytes(total)}`
      this.report(`channel ${path}: ${megabytes(received)}${of} MB are here`)
    }
  }

  private offer(channel: Channel, source: ChannelSource): void {
    const same = this.channels.find(({ name }) => name === channel.name)
    if (same !== undefined) {
      throw new SourceError(
        `two channels are called ${channel.name}: give ${source.path} another name, ` +
          `like --nixpkgs mine=${source.path}`,
      )
    }
    this.channels.push(channel)
    this.compression = this.compression.then(() => this.compress(channel))
  }

  /** The file of a pack by the last part of its address, or null. */
  file(name: string): { path: string; brotli: string | null; channel: Channel } | null {
    const channel = this.channels.find(({ url }) => url === `channels/${name}`)
    if (channel === undefined) return null
    const path = this.fileOf(channel)
    return { path, brotli: existsSync(`${path}.br`) ? `${path}.br` : null, channel }
  }

  /** Settles when all packs have been compressed. */
  get compressed(): Promise<void> {
    return this.compression
  }

  /** Ends what goes on in the background. */
  async close(): Promise<void> {
    this.closing.abort()
    await this.following
    await this.compression
  }

  private pack(source: ChannelSource): Channel {
    const { name, path } = source
    const known = this.readRecords()[keyOf(source)]
    const fingerprint = `${fingerprintOf(path)} ${packingVersion()}`
    if (known?.fingerprint === fingerprint && existsSync(this.fileOf(known.channel))) {
      return known.channel
    }
    const { bytes } = makePack(path, name ?? undefined)
    const channel = describePack(bytes)
    writeAtomically(this.fileOf(channel), bytes)
    this.keep(source, { fingerprint, channel })
    return channel
  }

  private keep(source: ChannelSource, record: Records[string]): void {
    const records = { ...this.readRecords(), [keyOf(source)]: record }
    writeAtomically(this.recordsFile, JSON.stringify(records, null, 2))
    this.removeUnused(records)
  }

  private async compress(channel: Channel): Promise<void> {
    const file = this.fileOf(channel)
    if (existsSync(`${file}.br`)) return
    const temporary = `${file}.br.new`
    const { signal } = this.closing
    try {
      const compressor = createBrotliCompress(brotli)
      const output = createWriteStream(temporary)
      await pipeline(createReadStream(file), compressor, output, { signal })
      renameSync(temporary, `${file}.br`)
    } catch (error) {
      rmSync(temporary, { force: true })
      if (!signal.aborted) {
        this.report(`channel ${channel.name} cannot be compressed: ${(error as Error).message}`)
      }
    }
  }

  /** What is there but cannot be understood is made anew. */
  private readRecords(): Records {
    try {
      return v.parse(recordsSchema, JSON.parse(readFileSync(this.recordsFile, 'utf8')))
    } catch {
      return {}
    }
  }

  private removeUnused(records: Records): void {
    const used = new Set(Object.values(records).map(({ channel }) => basename(channel.url)))
    for (const name of readdirSync(this.directory)) {
      const pack = /^\w+\.pack/.exec(name)?.[0]
      if (pack !== undefined && !used.has(pack)) rmSync(join(this.directory, name))
    }
  }

  private fileOf({ url }: Channel): string {
    return join(this.directory, basename(url))
  }

  private get recordsFile(): string {
    return join(this.directory, 'packed.json')
  }
}

function keyOf({ name, path }: ChannelSource): string {
  return `${name ?? ''}=${existsSync(path) ? realpathSync(path) : path}`
}

/** What is told of a pack. Throws PackError. */
function describePack(bytes: Uint8Array): Channel {
  const { name, label, storePath } = openPack(bytes)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return {
    name,
    label,
    storePath,
    size: bytes.length,
    sha256,
    // Of the whole file: two channels may hold one tree under two names.
    url: `channels/${sha256.slice(0, 32)}.pack`,
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}

/** Changes whenever a file is written, made executable, renamed, added or removed. */
function fingerprintOf(path: string): string {
  const hash = createHash('sha256')
  const visit = (file: string, name: string) => {
    const { mtimeMs, size, mode } = lstatSync(file)
    hash.update(`${name}\0${mtimeMs} ${size} ${mode}\0`)
    return (mode & 0o170000) === 0o040000
  }
  const walk = (directory: string, within: string) => {
    for (const name of readdirSync(directory).sort()) {
      if (within === '' && name === '.git') continue
      if (visit(join(directory, name), `${within}/${name}`)) {
        walk(join(directory, name), `${within}/${name}`)
      }
    }
  }
  if (!existsSync(path)) throw new SourceError(`there is no file or directory ${path}`)
  const real = realpathSync(path)
  if (visit(real, '')) walk(real, '')
  return hash.digest('hex')
}

function writeAtomically(path: string, contents: Uint8Array | string): void {
  writeFileSync(`${path}.new`, contents)
  renameSync(`${path}.new`, path)
}
