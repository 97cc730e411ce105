import {
  chmodSync,
  closeSync,
  fchmodSync,
  lutimesSync,
  mkdirSync,
  openSync,
  symlinkSync,
  writeSync,
} from 'node:fs'
import type { ByteString } from '@snowglobe/shared/bytes'
import { pathBuffer, pathBytes } from '../store/byte-path'
import { storeTime } from '../store/canonicalise'
import type { NarSink } from './nar-parser'

/**
 * Writes what is in an archive below a path where nothing lies yet, with the modes and times that
 * files of the store have. The directory it lies in must be closed to others.
 */
export class NarUnpacker implements NarSink {
  private readonly root: ByteString
  private open: number | null = null
  private mode = 0

  constructor(path: string) {
    this.root = pathBytes(path)
  }

  enter(path: ByteString): void {
    mkdirSync(this.real(path), { mode: 0o700 })
  }

  leave(path: ByteString): void {
    const directory = this.real(path)
    chmodSync(directory, 0o555)
    lutimesSync(directory, storeTime, storeTime)
  }

  symlink(path: ByteString, target: ByteString): void {
    const link = this.real(path)
    symlinkSync(pathBuffer(target), link)
    lutimesSync(link, storeTime, storeTime)
  }

  file(path: ByteString, executable: boolean): void {
    this.open = openSync(this.real(path), 'wx', 0o600)
    this.mode = executable ? 0o555 : 0o444
  }

  contents(piece: Uint8Array): void {
    for (let done = 0; done < piece.length;)
      done += writeSync(this.open!, piece, done, piece.length - done)
  }

  endFile(path: ByteString): void {
    fchmodSync(this.open!, this.mode)
    this.close()
    lutimesSync(this.real(path), storeTime, storeTime)
  }

  /** Closes the file that an archive broke off in, if there is one. */
  close(): void {
    if (this.open !== null) closeSync(this.open)
    this.open = null
  }

  private real(path: ByteString): Buffer {
    return pathBuffer(this.root + path)
  }
}
