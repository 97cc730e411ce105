/**
 * How NARs are compressed in binary caches (https://nix.dev/manual/nix/latest/store/types/
 * http-binary-cache-store, "compression"). Node itself knows gzip, brotli and zstd. For xz and bzip2
 * the system's programs do it: they are on every Debian, use another processor than the server, and a
 * hole in them is one of a process that can be confined; the packages that exist are either compiled
 * at installation or run in the server's own thread.
 */
import { spawn } from 'node:child_process'
import { pipeline, Readable } from 'node:stream'
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createZstdCompress,
  createZstdDecompress,
} from 'node:zlib'

/** Something compressed that cannot be read, or in a way nobody here knows. */
export class CompressionError extends Error {
  override name = 'CompressionError'
}

/** A decompressor's own memory: xz -9 wants 65 MiB. */
const decompressMemory = 256 * 1024 * 1024

const decoders: Readonly<Record<string, () => NodeJS.ReadWriteStream>> = {
  gzip: createGunzip,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
}

/** Programs that read standard input and write standard output, and the package they are in. */
const programs: Readonly<Record<string, { command: string[]; debianPackage: string }>> = {
  xz: {
    command: ['xz', '--decompress', '--stdout', `--memlimit-decompress=${decompressMemory}`],
    debianPackage: 'xz-utils',
  },
  bzip2: { command: ['bzip2', '--decompress', '--stdout'], debianPackage: 'bzip2' },
  lzip: { command: ['lzip', '--decompress', '--stdout'], debianPackage: 'lzip' },
  lz4: { command: ['lz4', '-d', '-c'], debianPackage: 'lz4' },
}

/** How files begin that are compressed. */
const beginnings: readonly [hex: string, method: string][] = [
  ['1f8b', 'gzip'],
  ['fd377a585a00', 'xz'],
  ['28b52ffd', 'zstd'],
  ['425a68', 'bzip2'],
]

/** How a file is compressed that begins with these bytes, of which six are enough; `none` if it is not. */
export function compressionOf(start: Buffer): string {
  const hex = start.subarray(0, 6).toString('hex')
  return beginnings.find(([beginning]) => hex.startsWith(beginning))?.[1] ?? 'none'
}

/** The way in which a server of ours compresses NARs; `none` leaves them as they are. */
export type ServedCompression = 'none' | 'zstd' | 'xz'

/** What comes behind `.nar` in the name of a file that is compressed so. */
export const compressionSuffix: Readonly<Record<ServedCompression, string>> = {
  none: '',
  zstd: '.zst',
  xz: '.xz',
}

/**
 * The bytes that were compressed. Errors of the source come out of what is given. Throws
 * CompressionError for a method that nobody knows.
 */
export function decompress(method: string, source: Readable): Readable {
  if (method === 'none' || method === '') return source
  const decoder = decoders[method]?.()
  if (decoder !== undefined) return pipeline(source, decoder, () => {}) as unknown as Readable
  const program = programs[method]
  if (program === undefined) throw new CompressionError(`unknown compression method '${method}'`)
  return throughProgram(source, program)
}

/** Compresses. Errors of the source come out of what is given. */
export function compress(method: ServedCompression, source: Readable): Readable {
  if (method === 'none') return source
  if (method === 'zstd') {
    const params = { [constants.ZSTD_c_compressionLevel]: 3 }
    return pipeline(source, createZstdCompress({ params }), () => {}) as unknown as Readable
  }
  const command = ['xz', '--compress', '--stdout', '--threads=1', '-6']
  return throughProgram(source, { command, debianPackage: 'xz-utils' })
}

function throughProgram(
  source: Readable,
  { command, debianPackage }: { command: string[]; debianPackage: string },
): Readable {
  const [name = '', ...args] = command
  const child = spawn(name, args, { stdio: 'pipe', env: { PATH: process.env['PATH'] } })
  let said = ''
  child.stderr.on('data', (piece: Buffer) => {
    if (said.length < 1000) said += piece.toString('utf8')
  })
  const ended = new Promise<string | null>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      resolve(
        error.code === 'ENOENT'
          ? `'${name}' is not installed (Debian: apt-get install ${debianPackage})`
          : error.message,
      ),
    )
    child.once('close', (code) => resolve(code === 0 ? null : said.trim() || `${name} failed`))
  })
  let sourceError: Error | null = null
  pipeline(source, child.stdin, (error) => {
    // The program may have ended first, and then says why itself.
    if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE') sourceError = error
    if (error) child.kill('SIGKILL')
  })
  const pieces = async function* (): AsyncGenerator<Buffer> {
    try {
      for await (const piece of child.stdout) yield piece as Buffer
      const failure = await ended
      if (sourceError !== null) throw sourceError
      if (failure !== null) throw new CompressionError(failure)
    } finally {
      child.kill('SIGKILL')
      source.destroy()
    }
  }
  return Readable.from(pieces(), { objectMode: false })
}
