import { createReadStream, statSync } from 'node:fs'
import { pipeline } from 'node:stream'
import { Router } from 'express'
import type { ChannelsResponse } from '@snowglobe/shared/messages'
import type { ChannelLibrary } from './channel-library'

/** `/api/channels` tells which channels there are, `/channels/…` gives their packs. */
export function channelRoutes(library: ChannelLibrary): Router {
  const router = Router()

  router.get('/api/channels', (_request, response) => {
    const answer: ChannelsResponse = { channels: library.channels }
    response.set('cache-control', 'no-cache').json(answer)
  })

  router.get('/channels/:file', (request, response, next) => {
    const found = library.file(request.params.file)
    if (found === null) return next()
    const encoding = found.brotli === null ? false : request.acceptsEncodings('br', 'identity')
    const compressed = encoding === 'br' ? found.brotli : null
    const file = compressed ?? found.path
    response.set({
      'content-type': 'application/octet-stream',
      'cache-control': 'public, max-age=31536000, immutable',
      etag: `"${found.channel.sha256}${compressed === null ? '' : '-br'}"`,
      vary: 'Accept-Encoding',
    })
    if (request.fresh) return void response.status(304).end()
    if (compressed !== null) response.set('content-encoding', 'br')
    response.set('content-length', String(statSync(file).size))
    if (request.method === 'HEAD') return void response.end()
    // A client that goes away in between is no fault of ours.
    pipeline(createReadStream(file), response, () => {})
  })

  return router
}
