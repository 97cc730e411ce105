/**
 * The logs of builds that have ended, where Nix looks for them: `drvs/xx/yyy….drv.bz2`, or without
 * `.bz2` and uncompressed. They are as the builder wrote them.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { createReadStream, existsSync } from 'node:fs'
import { open, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import type { ByteString } from '@snowglobe/shared/bytes'
import { makeDirectory } from '@snowglobe/worker/node/make-directory'
import { LogFilter } from './log-filter'

/** Up to here compressing saves nothing: a file takes a block of the file system. */
const plainBytes = 4096

export class LogArchive {
  /** `directory` is Nix's `drvs`. Without `compress` logs are kept as they are. */
  constructor(
    private readonly directory: string,
    private readonly compress = true,
  ) {}

  /** Begins to keep the log of a derivation's build, which replaces that of an earlier one. */
  record(derivation: ByteString): LogRecorder {
    return new LogRecorder(this.fileOf(derivation), this.compress)
  }

  /** What a derivation's last build wrote, or null. */
  read(derivation: ByteString): Readable | null {
    const file = this.fileOf(derivation)
    if (existsSync(file)) return createReadStream(file)
    if (!existsSync(`${file}.bz2`)) return null
    const child = spawn('bzip2', ['-dc', `${file}.bz2`], { stdio: ['ignore', 'pipe', 'ignore'] })
    child.on('error', (error) => child.stdout?.destroy(error))
    return child.stdout
  }

  /** The same as text that a terminal may show; null where there is none. */
  text(derivation: ByteString): AsyncIterable<string> | null {
    const bytes = this.read(derivation)
    return bytes === null ? null : filtered(bytes)
  }

  private fileOf(derivation: ByteString): string {
    const name = derivation.slice(derivation.lastIndexOf('/') + 1)
    return join(this.directory, name.slice(0, 2), name.slice(2))
  }
}

async function* filtered(bytes: Readable): AsyncIterable<string> {
  const filter = new LogFilter()
  for await (const piece of bytes) yield filter.write(piece as Buffer)
  yield filter.end()
}

/** Writes one log while it grows. */
export class LogRecorder {
  private head: Buffer[] = []
  private size = 0
  private compressor: Promise<Compressor | null> | null = null
  /** What is written when the compressor takes it. */
  private last: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly file: string,
    private readonly compress: boolean,
  ) {}

  /** Takes bytes of the builder. Tells when more of them should come, if not at once. */
  write(bytes: Buffer): Promise<unknown> | null {
    this.size += bytes.length
    if (this.compressor === null) this.head.push(bytes)
    if (this.size <= plainBytes) return null
    const begin = this.compressor === null
    this.compressor ??= this.start()
    const chunk = begin ? Buffer.concat(this.head) : bytes
    if (begin) this.head = []
    this.last = this.last.then(async () => (await this.compressor)?.write(chunk))
    return this.last
  }

  /** Puts the log in its place. */
  async end(): Promise<void> {
    await this.last
    const compressor = await this.compressor
    if (compressor === null) {
      makeDirectory(dirname(this.file))
      await writeFile(`${this.file}.new`, Buffer.concat(this.head))
      await rename(`${this.file}.new`, this.file)
      return rm(`${this.file}.bz2`, { force: true })
    }
    const place = await compressor.end()
    await rename(`${this.file}.new`, place)
    const other = place === this.file ? `${this.file}.bz2` : this.file
    await rm(other, { force: true })
  }

  private async start(): Promise<Compressor> {
    makeDirectory(dirname(this.file))
    const target = await open(`${this.file}.new`, 'w', 0o644)
    if (!this.compress || !hasBzip2()) {
      return {
        write: async (bytes) => void (await target.writev([bytes])),
        end: async () => {
          await target.close()
          return this.file
        },
      }
    }
    const child = spawn('bzip2', ['-c'], { stdio: ['pipe', target.fd, 'ignore'] })
    const ended = exitOf(child)
    await target.close()
    return {
      write: (bytes) =>
        new Promise((resolve, reject) =>
          child.stdin?.write(bytes, (error) => (error ? reject(error) : resolve())),
        ),
      end: async () => {
        child.stdin?.end()
        const code = await ended
        if (code !== 0) throw new Error(`bzip2 ended with exit code ${code}`)
        return `${this.file}.bz2`
      },
    }
  }
}

interface Compressor {
  write(bytes: Buffer): Promise<void>
  /** Gives the name that the file should have. */
  end(): Promise<string>
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

let bzip2: boolean | null = null

function hasBzip2(): boolean {
  bzip2 ??= (process.env['PATH'] ?? '/usr/bin:/bin')
    .split(':')
    .some((directory) => existsSync(join(directory, 'bzip2')))
  return bzip2
}
