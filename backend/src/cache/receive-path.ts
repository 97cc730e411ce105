/**
 * What a binary cache gave of a path, on its way into the store: nothing is believed that the hash in
 * its narinfo, or the path's own content address, does not say.
 */
import { createHash, type Hash as NodeHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import {
  formatContentAddress,
  parseContentAddress,
  pathOfContentAddress,
  type ContentAddress,
} from '@snowglobe/shared/content-address'
import type { ByteString } from '@snowglobe/shared/bytes'
import type { NarInfo } from '@snowglobe/shared/narinfo'
import { NarError } from '@snowglobe/shared/nar'
import { parseStorePath } from '@snowglobe/shared/store-path'
import { formatNarHash } from '@snowglobe/worker/store/check-entry'
import type { PreparedPath } from '../store/disk-additions'
import { CacheError } from './binary-cache'
import { CompressionError, decompress } from './compression'
import { NarParser, type NarSink } from './nar-parser'
import { NarUnpacker } from './unpack-nar'

/** Whether a path's contents can be checked against the path itself, so that nobody need sign it. */
export function isSelfVerifying(storeDir: ByteString, info: NarInfo): boolean {
  if (info.contentAddress === null || info.references.includes(info.path)) return false
  try {
    const { name } = parseStorePath(storeDir, info.path)
    const address = parseContentAddress(info.contentAddress)
    return pathOfContentAddress(storeDir, address, name, info.references) === info.path
  } catch {
    return false
  }
}

/**
 * Unpacks the compressed NAR in a file to `target`, where nothing lies yet, and checks it. Throws
 * CacheError that says what is wrong; files may be left at `target` then.
 */
export async function receivePath(
  storeDir: ByteString,
  info: NarInfo,
  file: string,
  target: string,
  signal: AbortSignal,
): Promise<PreparedPath> {
  const narHash = createHash('sha256')
  const content = new ContentHasher(storeDir, info)
  const unpacker = new NarUnpacker(target)
  const parser = new NarParser(content.around(unpacker))
  let narSize = 0
  try {
    const source = createReadStream(file, { signal, highWaterMark: 256 * 1024 })
    for await (const piece of decompress(info.compression, source)) {
      const bytes = piece as Buffer
      narSize += bytes.length
      if (narSize > info.narSize)
        throw new CacheError(
          `the NAR of '${info.path}' is larger than the ${info.narSize} bytes told`,
        )
      narHash.update(bytes)
      content.nar(bytes)
      parser.write(bytes)
    }
    parser.end()
  } catch (error) {
    if (signal.aborted) throw signal.reason
    throw explained(error, info)
  } finally {
    unpacker.close()
  }
  const hash = new Uint8Array(narHash.digest())
  if (!Buffer.from(hash).equals(info.narHash))
    throw new CacheError(
      `hash mismatch importing path '${info.path}';\n` +
        `  specified: ${formatNarHash(info.narHash)}\n  got:       ${formatNarHash(hash)}`,
    )
  content.check()
  const { path, references, deriver, signatures, contentAddress } = info
  return {
    source: target,
    info: {
      path,
      narHash: hash,
      narSize,
      references,
      deriver,
      contentAddress,
      signatures,
      registrationTime: Math.floor(Date.now() / 1000),
      ultimate: false,
    },
  }
}

/** The NAR in a compressed file, which has the hash told. Throws CacheError. */
export async function readNarFile(info: NarInfo, file: string): Promise<Uint8Array> {
  const pieces: Buffer[] = []
  let size = 0
  try {
    for await (const piece of decompress(info.compression, createReadStream(file))) {
      size += (piece as Buffer).length
      if (size > info.narSize)
        throw new CacheError(
          `the NAR of '${info.path}' is larger than the ${info.narSize} bytes told`,
        )
      pieces.push(piece as Buffer)
    }
  } catch (error) {
    throw explained(error, info)
  }
  const nar = Buffer.concat(pieces)
  if (!createHash('sha256').update(nar).digest().equals(info.narHash))
    throw new CacheError(`the NAR of '${info.path}' does not have the hash told`)
  return nar
}

/** What the reader of an archive or a decompressor throws of bytes that somebody else sent. */
function explained(error: unknown, { path }: NarInfo): unknown {
  if (error instanceof NarError || error instanceof CompressionError)
    return new CacheError(`the NAR of '${path}' cannot be read: ${error.message}`)
  const { code } = error as NodeJS.ErrnoException
  if (code !== undefined && /^(Z_|ERR_ZSTD|ZSTD_|ERR__?BROTLI|ERR_BROTLI|ERR_)/.test(code))
    return new CacheError(
      `the NAR of '${path}' cannot be decompressed: ${(error as Error).message}`,
    )
  return error
}

/** Takes the hash that a content address is of. */
class ContentHasher {
  private readonly address: ContentAddress | null
  private readonly hash: NodeHash | null
  /** Whether the root is a file that is not executable: only such have a flat hash. */
  private plainFile = false

  constructor(
    private readonly storeDir: ByteString,
    private readonly info: NarInfo,
  ) {
    // With a reference to itself in it, a path's hash is that of something else than its contents.
    const checkable = info.contentAddress !== null && !info.references.includes(info.path)
    this.address = checkable ? parseContentAddress(info.contentAddress!) : null
    this.hash = this.address === null ? null : createHash(this.address.hash.algorithm)
  }

  nar(piece: Uint8Array): void {
    if (this.address?.method === 'recursive') this.hash?.update(piece)
  }

  /** A sink that passes on what it hears, and looks at the contents of files. */
  around(sink: NarSink): NarSink {
    const { address, hash } = this
    if (address === null || hash === null || address.method === 'recursive') return sink
    return {
      enter: (path) => sink.enter(path),
      leave: (path) => sink.leave(path),
      symlink: (path, target) => sink.symlink(path, target),
      file: (path, executable, size) => {
        if (path === '') this.plainFile = !executable
        sink.file(path, executable, size)
      },
      contents: (piece) => {
        if (this.plainFile) hash.update(piece)
        sink.contents(piece)
      },
      endFile: (path) => sink.endFile(path),
    }
  }

  check(): void {
    const { address, hash, info } = this
    if (address === null || hash === null) return
    if (address.method !== 'recursive' && !this.plainFile)
      throw new CacheError(
        `'${info.path}' cannot have the content address ${info.contentAddress}: it is not a ` +
          'regular, non-executable file',
      )
    const bytes = new Uint8Array(hash.digest())
    const { name } = parseStorePath(this.storeDir, info.path)
    if (!Buffer.from(bytes).equals(address.hash.bytes)) {
      const got = { ...address, hash: { ...address.hash, bytes } }
      throw new CacheError(
        `ca hash mismatch importing path '${info.path}';\n` +
          `  specified: ${info.contentAddress}\n  got:       ${formatContentAddress(got)}`,
      )
    }
    if (pathOfContentAddress(this.storeDir, address, name, info.references) !== info.path)
      throw new CacheError(`'${info.path}' is not the path that its content address makes`)
  }
}
