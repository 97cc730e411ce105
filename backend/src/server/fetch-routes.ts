import { json, Router } from 'express'
import * as v from 'valibot'
import { fetchedHeader, fetchQuestionSchema } from '@snowglobe/shared/fetch-messages'
import { byteStringToUtf8, utf8ToByteString } from '@snowglobe/shared/bytes'
import { writeNar } from '@snowglobe/shared/nar'
import { HostError } from '@snowglobe/worker/evaluator/host'
import type { SourceFetcher } from '../sources/source-fetcher'
import { HttpError } from './http-error'
import type { Metrics } from './metrics'
import type { PublicLimits } from './public-limits'
import type { Visitors } from './visitors'

const questionBytes = 64 * 1024

export interface FetchRoutesOptions {
  sources: Pick<SourceFetcher, 'fetch'>
  limits: Pick<PublicLimits, 'fetches'>
  visitors: Visitors
  metrics: Pick<Metrics, 'refused'>
}

/**
 * Fetches for evaluations in tabs: files and archives, from where the rules for visitors allow it.
 * What comes is not kept in the store: the tab adds it to its own.
 */
export function fetchRoutes({ sources, limits, visitors, metrics }: FetchRoutesOptions): Router {
  const router = Router()
  let fetches = 0
  router.post('/', json({ limit: questionBytes }), async (request, response) => {
    const question = v.safeParse(fetchQuestionSchema, request.body)
    if (!question.success)
      throw new HttpError(400, `nothing that can be fetched: ${question.issues[0].message}`)
    if (fetches >= limits.fetches) {
      metrics.refused('fetches')
      throw new HttpError(
        503,
        `${fetches} downloads are under way (limit fetches = ${limits.fetches}); ` +
          'try again in a moment',
      )
    }
    const leave = visitors.admit(visitors.of(request), 'visitorFetches')
    const { kind, url, ttl } = question.output
    fetches++
    try {
      const wanted = { kind, url: utf8ToByteString(url) }
      const { tree, lastModified, immutableUrl } = await sources.fetch(wanted, ttl)
      response.set(fetchedHeader, JSON.stringify({ lastModified, immutableUrl }))
      response.set('cache-control', 'no-store')
      response.type('application/x-nix-nar').send(Buffer.from(writeNar(tree)))
    } catch (error) {
      if (!(error instanceof HostError)) throw error
      throw new HttpError(422, byteStringToUtf8(error.message))
    } finally {
      fetches--
      leave()
    }
  })
  return router
}
