import { Awaited } from './awaited'
import {
  requestKey,
  type ClosureRequest,
  type Fetched,
  type FetchedClosure,
  type FetchRequest,
} from './fetch-request'
import { HostError, type Host } from './host'

/**
 * The `fetch` of a host whose evaluations are interrupted while something is fetched. What was fetched
 * is given for as long as the request says; a failure once, for it ends an evaluation.
 *
 * @param again called when the evaluation will be begun again
 */
export function awaitedFetches(
  fetch: (request: FetchRequest, ttl: number) => Promise<Fetched>,
  again: () => void = () => {},
): NonNullable<Host['fetch']> {
  const known = new Map<string, { result: Fetched | HostError; time: number }>()
  return (request, ttl) => {
    const key = requestKey(request)
    const found = known.get(key)
    if (found !== undefined) {
      if (found.result instanceof HostError) {
        known.delete(key)
        throw found.result
      }
      // Just fetched: however soon it is old, the evaluation that asked for it gets it.
      if (Date.now() - found.time <= Math.max(ttl, 60) * 1000) return found.result
    }
    again()
    const what = request.kind === 'path' ? request.path : request.url
    throw new Awaited(async () => {
      const time = Date.now()
      try {
        known.set(key, { result: await fetch(request, ttl), time })
      } catch (error) {
        if (!(error instanceof HostError)) throw error
        known.set(key, { result: error, time })
      }
    }, `'${what}'`)
  }
}

/** The same for closures of binary caches; any failure is one of the host. */
export function awaitedClosures(
  fetch: (request: ClosureRequest) => Promise<FetchedClosure>,
  again: () => void = () => {},
): NonNullable<Host['fetchClosure']> {
  const known = new Map<string, FetchedClosure | HostError>()
  return (request) => {
    const key = `${request.fromStore} ${request.fromPath} ${request.toPath}`
    const found = known.get(key)
    if (found instanceof HostError) throw found
    if (found !== undefined) return found
    again()
    throw new Awaited(async () => {
      try {
        known.set(key, await fetch(request))
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        known.set(key, error instanceof HostError ? error : new HostError(reason))
      }
    }, `'${request.fromPath}'`)
  }
}
