import type { ByteString } from '@snowglobe/shared/bytes'

/**
 * Names in a file system are bytes, and need not be UTF-8. Paths here are byte strings; Node takes
 * such a path as a buffer.
 */
export function pathBuffer(path: ByteString): Buffer {
  return Buffer.from(path, 'latin1')
}

/** The byte string of a path given as ordinary text. */
export function pathBytes(path: string): ByteString {
  return Buffer.from(path, 'utf8').toString('latin1')
}
