import type { ByteString } from '@snowglobe/shared/bytes'

/**
 * Names in a file system are bytes, and need not be UTF-8. Paths here are byte strings; Node takes
 * such a path as a buffer.
 */
export function pathBuffer(path: ByteString): Buffer {
  return Buffer.from(path, 'latin1')
}

const plain = /^[\0-\x7f]*$/

/** A path as Node takes it; most need no buffer, which is what takes time where there are many files. */
export function fileName(path: ByteString): Buffer | string {
  return plain.test(path) ? path : pathBuffer(path)
}

/** The byte string of a path given as ordinary text. */
export function pathBytes(path: string): ByteString {
  return plain.test(path) ? path : Buffer.from(path, 'utf8').toString('latin1')
}
