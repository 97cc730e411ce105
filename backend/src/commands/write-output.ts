import { writeSync } from 'node:fs'
import { byteStringToBytes, type ByteString } from '@snowglobe/shared/bytes'

/** How long to wait, in milliseconds, where a pipe is full. */
const pause = 1
const nothing = new Int32Array(new SharedArrayBuffer(4))

/** Writes a text. Whoever reads it need not read to its end, as in `nix-env -qa | head`. */
export function write(descriptor: number, text: ByteString): void {
  try {
    writeBytes(descriptor, byteStringToBytes(text))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
  }
}

/** Writes all of it, however slowly the reader reads. Throws Node's error if there is none any more. */
export function writeBytes(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    try {
      done += writeSync(descriptor, bytes, done)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      Atomics.wait(nothing, 0, 0, pause)
    }
  }
}
