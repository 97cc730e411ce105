/** Copies of files of this machine on their way into the store, hashed while they are copied. */
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  symlinkSync,
  writeSync,
} from 'node:fs'
import process from 'node:process'
import { setImmediate } from 'node:timers/promises'
import type { ByteString } from '@snowglobe/shared/bytes'
import type { HashAlgorithm } from '@snowglobe/shared/hash'
import { narMaxDepth } from '@snowglobe/shared/nar'
import { StoreError } from '@snowglobe/worker/store/store'
import { fileName } from './byte-path'
import { storeTime } from './canonicalise'
import { PieceHasher, pieceSize } from './piece-hasher'

const bytesBetweenTurns = 16 * pieceSize

export interface CopiedTree {
  /** SHA-256 of the NAR, raw. */
  narHash: Uint8Array
  narSize: number
  /** The NAR's hash by the other algorithm, raw, where one was given. */
  otherHash: Uint8Array | null
}

/**
 * Copies what lies at a path to a place where nothing lies yet, as the store has files. Throws StoreError
 * for what a NAR cannot hold.
 *
 * @param otherAlgorithm one more by which the NAR is to be hashed
 */
export async function copyTree(
  source: ByteString,
  target: ByteString,
  otherAlgorithm: HashAlgorithm | null = null,
): Promise<CopiedTree> {
  const hasher = new PieceHasher(['sha256', ...(otherAlgorithm === null ? [] : [otherAlgorithm])])
  try {
    const copier = new Copier(hasher)
    await copier.copy(source, target)
    const narSize = copier.end()
    const [narHash, otherHash] = await hasher.digests()
    return { narHash: narHash!, narSize, otherHash: otherHash ?? null }
  } catch (error) {
    hasher.abandon()
    throw error
  }
}

class Copier {
  /** The piece that is being filled. */
  private buffer: Buffer
  private used = 0
  private size = 0
  private untilTurn = bytesBetweenTurns
  /** Bits that this process's mask takes from the mode of every new file. */
  private readonly mask = process.umask()

  constructor(private readonly hasher: PieceHasher) {
    this.buffer = hasher.buffer()
    this.text('nix-archive-1')
  }

  async copy(source: ByteString, target: ByteString, depth = 0): Promise<void> {
    if (depth >= narMaxDepth)
      throw new StoreError(`'${source}': directories are nested deeper than ${narMaxDepth} levels`)
    const status = lstatSync(fileName(source))
    this.text('(')
    this.text('type')
    if (status.isSymbolicLink()) {
      const link = readlinkSync(fileName(source), 'latin1')
      this.text('symlink')
      this.text('target')
      this.text(link)
      symlinkSync(fileName(link), fileName(target))
    } else if (status.isFile()) {
      this.text('regular')
      this.file(source, target)
    } else if (status.isDirectory()) {
      this.text('directory')
      mkdirSync(fileName(target), 0o700)
      for (const name of readdirSync(fileName(source), 'latin1').sort()) {
        for (const word of ['entry', '(', 'name', name, 'node']) this.text(word)
        await this.copy(`${source}/${name}`, `${target}/${name}`, depth + 1)
        this.text(')')
      }
      chmodSync(fileName(target), 0o555)
    } else throw new StoreError(`file '${source}' has an unsupported type`)
    lutimesSync(fileName(target), storeTime, storeTime)
    this.text(')')
    if (this.untilTurn > 0) return
    this.untilTurn = bytesBetweenTurns
    await setImmediate()
  }

  /** Gives the size of the NAR. */
  end(): number {
    this.hasher.push(this.used)
    return this.size + this.used
  }

  private file(source: ByteString, target: ByteString): void {
    const from = openSync(fileName(source), constants.O_RDONLY | constants.O_NOFOLLOW)
    try {
      const { size, mode } = fstatSync(from)
      const executable = (mode & 0o100) !== 0
      if (executable) {
        this.text('executable')
        this.text('')
      }
      this.text('contents')
      this.number(size)
      const modeInStore = executable ? 0o555 : 0o444
      const to = openSync(fileName(target), 'wx', modeInStore)
      try {
        this.contents(source, from, to, size)
      } finally {
        closeSync(to)
      }
      if ((this.mask & modeInStore) !== 0) chmodSync(fileName(target), modeInStore)
    } finally {
      closeSync(from)
    }
  }

  private contents(source: ByteString, from: number, to: number, size: number): void {
    for (let rest = size; rest > 0;) {
      if (this.used === pieceSize) this.flush()
      const count = readSync(
        from,
        this.buffer,
        this.used,
        Math.min(pieceSize - this.used, rest),
        null,
      )
      if (count === 0) throw new StoreError(`file '${source}' became shorter while it was read`)
      for (let done = 0; done < count;)
        done += writeSync(to, this.buffer, this.used + done, count - done)
      this.used += count
      rest -= count
      this.untilTurn -= count
    }
    const padding = (8 - (size % 8)) % 8
    this.reserve(padding)
    this.buffer.fill(0, this.used, this.used + padding)
    this.used += padding
  }

  private number(value: number): void {
    this.reserve(8)
    this.buffer.writeBigUInt64LE(BigInt(value), this.used)
    this.used += 8
  }

  private text(text: ByteString): void {
    const padded = Math.ceil(text.length / 8) * 8
    this.number(text.length)
    this.reserve(padded)
    this.buffer.fill(0, this.used, this.used + padded)
    this.buffer.write(text, this.used, 'latin1')
    this.used += padded
  }

  private reserve(count: number): void {
    if (this.used + count > pieceSize) this.flush()
  }

  private flush(): void {
    this.hasher.push(this.used)
    this.size += this.used
    this.used = 0
    this.buffer = this.hasher.buffer()
  }
}
