/** NARs on their way to a client: ranges, ETags, compression for the way, no faster than they are taken. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createGzip, createZstdCompress } from 'node:zlib'
import type { Request, Response } from 'express'

/** Bytes of a resource: from `start` up to, not including, `end`. */
interface Range {
  start: number
  end: number
}

/**
 * Sends bytes that are made as they are read, compressed for the way as the client wishes, or a part
 * of them. `tag` names the contents. A client that goes away in between ends it.
 */
export async function sendPieces(
  pieces: () => Iterable<Uint8Array>,
  size: number,
  tag: string,
  request: Request,
  response: Response,
): Promise<void> {
  response.vary('Accept-Encoding')
  const range = request.headers.range === undefined ? null : askedRange(request, size, tag)
  const encoding = range === null ? request.acceptsEncodings('zstd', 'gzip', 'identity') : false
  const encoded = encoding === 'zstd' || encoding === 'gzip'
  // Bytes that differ are something else: a range of one is none of the other.
  response.set('etag', encoded ? `"${tag}-${encoding}"` : `"${tag}"`)
  response.set('accept-ranges', encoded ? 'none' : 'bytes')
  if (request.fresh) return void response.status(304).end()
  if (range === 'unsatisfiable')
    return void response.status(416).set('content-range', `bytes */${size}`).end()
  const { start, end } = range ?? { start: 0, end: size }
  if (range !== null) response.status(206).set('content-range', `bytes ${start}-${end - 1}/${size}`)
  if (encoded) response.set('content-encoding', encoding)
  else response.set('content-length', String(end - start))
  if (request.method === 'HEAD') return void response.end()
  const body = Readable.from(part(pieces(), start, end), { objectMode: false })
  try {
    if (encoding === 'zstd') {
      const params = { [constants.ZSTD_c_compressionLevel]: 3 }
      await pipeline(body, createZstdCompress({ params }), response)
    } else if (encoding === 'gzip') await pipeline(body, createGzip({ level: 1 }), response)
    else await pipeline(body, response)
  } catch {
    response.destroy()
  }
}

/** The range that is asked for; null for all, as when several are, or when it is of other contents. */
function askedRange(request: Request, size: number, tag: string): Range | 'unsatisfiable' | null {
  const condition = request.headers['if-range']
  if (condition !== undefined && condition !== `"${tag}"`) return null
  const ranges = request.range(size, { combine: true })
  if (ranges === -1) return 'unsatisfiable'
  if (ranges === undefined || ranges === -2 || ranges.length !== 1 || ranges.type !== 'bytes')
    return null
  return { start: ranges[0]!.start, end: ranges[0]!.end + 1 }
}

function* part(pieces: Iterable<Uint8Array>, start: number, end: number): Generator<Uint8Array> {
  let position = 0
  for (const piece of pieces) {
    const from = Math.max(0, start - position)
    const to = Math.min(piece.length, end - position)
    if (from < to) yield piece.subarray(from, to)
    position += piece.length
    if (position >= end) return
  }
}
