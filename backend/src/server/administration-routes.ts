/** What operators ask: `/metrics` for Prometheus, and garbage collection on demand. */
import { Router } from 'express'
import type { Authorisation } from './authorisation'
import type { Housekeeping } from './housekeeping'
import { HttpError } from './http-error'
import type { Metrics } from './metrics'

export interface AdministrationOptions {
  authorisation: Authorisation
  housekeeping: Housekeeping
  metrics: Metrics
  /** Where there are any, metrics are for those who know one. */
  tokens: readonly string[]
}

export function administrationRoutes(options: AdministrationOptions): Router {
  const { authorisation, housekeeping, metrics, tokens } = options
  const router = Router()

  router.get('/metrics', async (request, response) => {
    if (tokens.length > 0 && !authorisation.hasToken(request))
      throw new HttpError(401, 'this needs a token: Authorization: Bearer …')
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics())
  })

  router.post(
    '/api/administration/collect-garbage',
    authorisation.requireToken,
    async (_, response) => {
      const before = housekeeping.storeBytes()
      await housekeeping.look()
      response.json({
        storeBytes: housekeeping.storeBytes(),
        freed: before - housekeeping.storeBytes(),
      })
    },
  )

  return router
}
