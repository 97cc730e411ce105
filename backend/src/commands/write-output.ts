import { writeSync } from 'node:fs'
import { byteStringToBytes, type ByteString } from '@snowglobe/shared/bytes'

/** Writes all of it, however slowly the reader reads. */
export function write(descriptor: number, text: ByteString): void {
  writeBytes(descriptor, byteStringToBytes(text))
}

export function writeBytes(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    try {
      done += writeSync(descriptor, bytes, done)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
    }
  }
}
