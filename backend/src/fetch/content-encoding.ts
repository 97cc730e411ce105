import { pipeline, type Readable } from 'node:stream'
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
} from 'node:zlib'
import type { Exchange } from './http-exchange'

const decoders: Readonly<Record<string, () => NodeJS.ReadWriteStream>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
}

/**
 * The body of an answer as it was before the server compressed it for the way (`Content-Encoding`).
 * We ask for none, but files of some caches are kept so.
 */
export function decodedBody({ headers, body }: Exchange): { body: Readable; encoded: boolean } {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  const decoder = decoders[encoding]?.()
  if (decoder === undefined) return { body, encoded: false }
  // Errors of either end come out of the decoder.
  const decoded = pipeline(body, decoder, () => {}) as unknown as Readable
  return { body: decoded, encoded: true }
}
