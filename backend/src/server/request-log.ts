/** What is noted of each request: nothing that tells who it was or what they were interested in. */
import type { RequestHandler } from 'express'
import type { Metrics } from './metrics'

const routes: [RegExp, string][] = [
  [/^\/api\/health$/, 'health'],
  [/^\/api\/store\//, 'store'],
  [/^\/api\/channels$|^\/channels\//, 'channels'],
  [/^\/api\//, 'api'],
  [/^\/metrics$/, 'metrics'],
  [/^\/nix-cache-info$|\.narinfo$|\.ls$|^\/nar\/|^\/log\/|^\/realisations\//, 'cache'],
]

/** The kind of address, of which there are few; addresses themselves name store paths. */
function routeOf(path: string): string {
  return routes.find(([pattern]) => pattern.test(path))?.[1] ?? 'page'
}

/** Counts requests; with `write`, also notes each as a line of JSON. */
export function noteRequests(
  metrics: Metrics,
  write: ((line: string) => void) | null,
): RequestHandler {
  return (request, response, next) => {
    const start = performance.now()
    const route = routeOf(request.path)
    response.once('close', () => {
      const seconds = (performance.now() - start) / 1000
      // Where nothing was answered, whoever asked has gone.
      const status = response.headersSent ? response.statusCode : 499
      metrics.answered(route, status, seconds)
      write?.(
        JSON.stringify({
          time: new Date().toISOString(),
          method: request.method,
          route,
          status,
          milliseconds: Math.round(seconds * 1000),
          bytes: Number(response.getHeader('content-length') ?? 0),
        }),
      )
    })
    next()
  }
}
