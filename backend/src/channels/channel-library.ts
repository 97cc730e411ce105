import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, lstatSync, mkdirSync, readdirSync } from 'node:fs'
import { existsSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { constants, createBrotliCompress } from 'node:zlib'
import * as v from 'valibot'
import { channelSchema, type Channel } from '@snowglobe/shared/messages'
import { makePack } from './make-pack'
import { syntaxVersion } from './pack-syntax'
import { SourceError } from './read-source'

/** What the operator asks for: a directory or tarball, and what to call it if not by its version. */
export interface ChannelSource {
  name: string | null
  path: string
}

/** A pack of a source that was as it is now. */
const recordSchema = v.object({ fingerprint: v.string(), channel: channelSchema })
const recordsSchema = v.record(v.string(), recordSchema)
type Records = v.InferOutput<typeof recordsSchema>

/** Quality 5 takes seconds for sixty megabytes; 9 makes them a tenth smaller in a minute. */
const brotli = {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: 5,
    [constants.BROTLI_PARAM_LGWIN]: 24,
  },
}

/** The channels that the server offers, as packs in a directory of their own. */
export class ChannelLibrary {
  readonly channels: Channel[] = []
  private readonly closing = new AbortController()
  private compression: Promise<void> = Promise.resolve()

  /**
   * @param directory where packs are kept from one start to the next
   * @param report for what the operator should know
   */
  constructor(
    private readonly directory: string,
    private readonly report: (message: string) => void,
  ) {}

  /**
   * Offers a channel; packs it where that was not done before or it has changed since.
   *
   * @throws SourceError, PackError, NarError
   */
  add(source: ChannelSource): Channel {
    mkdirSync(this.directory, { recursive: true })
    const channel = this.pack(source)
    const same = this.channels.find(({ name }) => name === channel.name)
    if (same !== undefined) {
      throw new SourceError(
        `two channels are called ${channel.name}: give ${source.path} another name, ` +
          `like --nixpkgs mine=${source.path}`,
      )
    }
    this.channels.push(channel)
    this.compression = this.compression.then(() => this.compress(channel))
    return channel
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
    await this.compression
  }

  private pack({ name, path }: ChannelSource): Channel {
    const key = `${name ?? ''}=${existsSync(path) ? realpathSync(path) : path}`
    const records = this.readRecords()
    const known = records[key]
    const fingerprint = `${fingerprintOf(path)} ${syntaxVersion()}`
    if (known?.fingerprint === fingerprint && existsSync(this.fileOf(known.channel))) {
      return known.channel
    }
    const { bytes, pack } = makePack(path, name ?? undefined)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const channel: Channel = {
      name: pack.name,
      label: pack.label,
      storePath: pack.storePath,
      size: bytes.length,
      sha256,
      // Of the whole file: two channels may hold one tree under two names.
      url: `channels/${sha256.slice(0, 32)}.pack`,
    }
    writeAtomically(this.fileOf(channel), bytes)
    records[key] = { fingerprint, channel }
    writeAtomically(this.recordsFile, JSON.stringify(records, null, 2))
    this.removeUnused(records)
    return channel
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
