/**
 * Files of this machine as a NAR, piece by piece: what has to be hashed or sent may be larger than
 * memory. The form is that of shared/nar.ts.
 */
import { createHash } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
} from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import type { ByteString } from '@snowglobe/shared/bytes'
import { narMaxDepth } from '@snowglobe/shared/nar'
import { ReferenceScanner } from '@snowglobe/shared/references'
import { pathBuffer, pathBytes } from './byte-path'
import { PieceHasher, pieceSize } from './piece-hasher'
import { StoreError } from '@snowglobe/worker/store/store'

/** How much is hashed before others get their turn: a few milliseconds. */
const bytesBetweenTurns = 4 * pieceSize

interface DumpOptions {
  /** The pieces are views of one buffer: each must be used up before the next is asked for. */
  reuseBuffer?: boolean
  /** Makes every file durable on the way. */
  sync?: boolean
  /** The path is a byte string and not ordinary text. */
  bytes?: boolean
}

/**
 * The NAR of what lies at a path, in pieces of up to a mebibyte. Reads synchronously: quickest, and
 * the caller decides how often others get a turn. Throws StoreError for what a NAR cannot hold.
 */
export function* dumpPath(path: string, options: DumpOptions = {}): Generator<Buffer, void> {
  const packer = new Packer(options.reuseBuffer ?? false)
  try {
    yield* packer.text('nix-archive-1')
    yield* dumpNode(
      options.bytes === true ? path : pathBytes(path),
      packer,
      options.sync ?? false,
      0,
    )
    const rest = packer.take()
    if (rest.length > 0) yield rest
  } finally {
    packer.release()
  }
}

function* dumpNode(
  path: ByteString,
  packer: Packer,
  sync: boolean,
  depth: number,
): Generator<Buffer, void> {
  if (depth >= narMaxDepth)
    throw new StoreError(`'${path}': directories are nested deeper than ${narMaxDepth} levels`)
  const status = lstatSync(pathBuffer(path))
  yield* packer.text('(')
  yield* packer.text('type')
  if (status.isSymbolicLink()) {
    yield* packer.text('symlink')
    yield* packer.text('target')
    yield* packer.text(readlinkSync(pathBuffer(path), 'latin1'))
  } else if (status.isDirectory()) {
    yield* packer.text('directory')
    for (const name of readdirSync(pathBuffer(path), 'latin1').sort()) {
      yield* packer.text('entry')
      yield* packer.text('(')
      yield* packer.text('name')
      yield* packer.text(name)
      yield* packer.text('node')
      yield* dumpNode(`${path}/${name}`, packer, sync, depth + 1)
      yield* packer.text(')')
    }
  } else if (status.isFile()) {
    yield* packer.text('regular')
    if ((status.mode & 0o100) !== 0) {
      yield* packer.text('executable')
      yield* packer.text('')
    }
    yield* packer.text('contents')
    yield* dumpContents(path, packer, sync)
  } else throw new StoreError(`file '${path}' has an unsupported type`)
  yield* packer.text(')')
}

function* dumpContents(path: ByteString, packer: Packer, sync: boolean): Generator<Buffer, void> {
  const file = openSync(pathBuffer(path), constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    const { size } = fstatSync(file)
    yield* packer.length(size)
    for (let rest = size; rest > 0;) {
      const space = yield* packer.space()
      const count = readSync(file, space, 0, Math.min(space.length, rest), null)
      if (count === 0) throw new StoreError(`file '${path}' became shorter while it was read`)
      packer.used(count)
      rest -= count
    }
    yield* packer.pad(size)
    if (sync) fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

const zeros = Buffer.alloc(8)

/** Buffers that nobody uses: to make one for each small file would be most of the work. */
const spareBuffers: Buffer[] = []
const mostSpareBuffers = 4

/** Collects bytes and gives them on piece by piece. */
class Packer {
  private buffer: Buffer
  private end = 0

  constructor(private readonly reuse: boolean) {
    this.buffer = (reuse ? spareBuffers.pop() : undefined) ?? Buffer.allocUnsafe(pieceSize)
  }

  /** To be called when no piece is used any more. */
  release(): void {
    if (this.reuse && spareBuffers.length < mostSpareBuffers) spareBuffers.push(this.buffer)
  }

  *text(text: ByteString): Generator<Buffer, void> {
    const size = 8 + Math.ceil(text.length / 8) * 8
    if (this.end + size > pieceSize) yield this.take()
    this.buffer.writeBigUInt64LE(BigInt(text.length), this.end)
    this.buffer.write(text, this.end + 8, 'latin1')
    this.buffer.fill(0, this.end + 8 + text.length, this.end + size)
    this.end += size
  }

  *length(length: number): Generator<Buffer, void> {
    if (this.end + 8 > pieceSize) yield this.take()
    this.buffer.writeBigUInt64LE(BigInt(length), this.end)
    this.end += 8
  }

  /** Room for contents; `used` tells how much of it was filled. */
  *space(): Generator<Buffer, Buffer> {
    if (this.end === pieceSize) yield this.take()
    return this.buffer.subarray(this.end)
  }

  used(count: number): void {
    this.end += count
  }

  *pad(length: number): Generator<Buffer, void> {
    const count = (8 - (length % 8)) % 8
    if (this.end + count > pieceSize) yield this.take()
    zeros.copy(this.buffer, this.end, 0, count)
    this.end += count
  }

  take(): Buffer {
    const piece = this.buffer.subarray(0, this.end)
    if (!this.reuse) this.buffer = Buffer.allocUnsafe(pieceSize)
    this.end = 0
    return piece
  }
}

/** The SHA-256 of the NAR of a small tree or a file, raw. Holds up everything else meanwhile. */
export function hashFiles(path: ByteString): Uint8Array {
  const hash = createHash('sha256')
  for (const piece of dumpPath(path, { reuseBuffer: true, bytes: true })) hash.update(piece)
  return new Uint8Array(hash.digest())
}

/** What a NAR says of the files it was made from. */
export interface NarFacts {
  /** SHA-256, raw. */
  narHash: Uint8Array
  narSize: number
  /** Those of the candidates' hash parts that occur. */
  found: ReadonlySet<string>
}

/**
 * Hashes the NAR of what lies at a path and looks for references in one pass, giving others their
 * turn in between. With `sync`, all files are durable afterwards.
 */
export async function inspectPath(
  path: string,
  hashParts: Iterable<string>,
  options: { sync?: boolean } = {},
): Promise<NarFacts> {
  const hasher = new PieceHasher(['sha256'])
  const scanner = new ReferenceScanner(hashParts)
  let narSize = 0
  let untilTurn = bytesBetweenTurns
  try {
    for (const piece of dumpPath(path, { reuseBuffer: true, ...options })) {
      hasher.write(piece)
      scanner.write(piece)
      narSize += piece.length
      untilTurn -= piece.length
      if (untilTurn > 0) continue
      untilTurn = bytesBetweenTurns
      await setImmediate()
    }
    const [narHash] = await hasher.digests()
    return { narHash: narHash!, narSize, found: scanner.found() }
  } catch (error) {
    hasher.abandon()
    throw error
  }
}
