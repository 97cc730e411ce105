/** Copies of files of this machine on their way into the store, hashed while they are copied. */
import { createHash, type Hash as Digest } from 'node:crypto'
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
import { setImmediate } from 'node:timers/promises'
import type { ByteString } from '@snowglobe/shared/bytes'
import { narMaxDepth } from '@snowglobe/shared/nar'
import { StoreError } from '@snowglobe/worker/store/store'
import { pathBuffer } from './byte-path'
import { storeTime } from './canonicalise'

const pieceSize = 1024 * 1024
const bytesBetweenTurns = 16 * pieceSize

export interface CopiedTree {
  /** SHA-256 of the NAR, raw. */
  narHash: Uint8Array
  narSize: number
}

/**
 * Copies what lies at a path to a place where nothing lies yet, as the store has files. Throws StoreError
 * for what a NAR cannot hold.
 *
 * @param alsoHash gets the bytes of the NAR, too
 */
export async function copyTree(
  source: ByteString,
  target: ByteString,
  alsoHash: Digest | null = null,
): Promise<CopiedTree> {
  const copier = new Copier(alsoHash)
  await copier.copy(source, target)
  return copier.end()
}

class Copier {
  private readonly hash = createHash('sha256')
  private readonly buffer = Buffer.allocUnsafe(pieceSize)
  /** The bytes of `buffer` that have not been hashed yet. */
  private used = 0
  private size = 0
  private untilTurn = bytesBetweenTurns

  constructor(private readonly alsoHash: Digest | null) {
    this.text('nix-archive-1')
  }

  async copy(source: ByteString, target: ByteString, depth = 0): Promise<void> {
    if (depth >= narMaxDepth)
      throw new StoreError(`'${source}': directories are nested deeper than ${narMaxDepth} levels`)
    const status = lstatSync(pathBuffer(source))
    this.text('(')
    this.text('type')
    if (status.isSymbolicLink()) {
      const link = readlinkSync(pathBuffer(source), 'latin1')
      this.text('symlink')
      this.text('target')
      this.text(link)
      symlinkSync(pathBuffer(link), pathBuffer(target))
    } else if (status.isFile()) {
      this.text('regular')
      this.file(source, target)
    } else if (status.isDirectory()) {
      this.text('directory')
      mkdirSync(pathBuffer(target), 0o700)
      for (const name of readdirSync(pathBuffer(source), 'latin1').sort()) {
        for (const word of ['entry', '(', 'name', name, 'node']) this.text(word)
        await this.copy(`${source}/${name}`, `${target}/${name}`, depth + 1)
        this.text(')')
      }
      chmodSync(pathBuffer(target), 0o555)
    } else throw new StoreError(`file '${source}' has an unsupported type`)
    lutimesSync(pathBuffer(target), storeTime, storeTime)
    this.text(')')
    if (this.untilTurn > 0) return
    this.untilTurn = bytesBetweenTurns
    await setImmediate()
  }

  end(): CopiedTree {
    this.flush()
    return { narHash: new Uint8Array(this.hash.digest()), narSize: this.size }
  }

  private file(source: ByteString, target: ByteString): void {
    const from = openSync(pathBuffer(source), constants.O_RDONLY | constants.O_NOFOLLOW)
    try {
      const { size, mode } = fstatSync(from)
      const executable = (mode & 0o100) !== 0
      if (executable) {
        this.text('executable')
        this.text('')
      }
      this.text('contents')
      this.number(size)
      const to = openSync(pathBuffer(target), 'wx', executable ? 0o555 : 0o444)
      try {
        this.contents(source, from, to, size)
      } finally {
        closeSync(to)
      }
      // The mask of this process may have taken bits away.
      if ((process.umask() & 0o555) !== 0) chmodSync(pathBuffer(target), executable ? 0o555 : 0o444)
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
    const piece = this.buffer.subarray(0, this.used)
    this.hash.update(piece)
    this.alsoHash?.update(piece)
    this.size += this.used
    this.used = 0
  }
}
