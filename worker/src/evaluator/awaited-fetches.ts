import { Awaited } from './awaited'
import { requestKey, type Fetched, type FetchRequest } from './fetch-request'
import { HostError, type Host } from './host'

/**
 * The `fetch` of a host whose evaluations are interrupted while something is fetched. Failures are
 * remembered, too: one evaluation asks for a thing once.
 *
 * @param again called when the evaluation will be begun again
 */
export function awaitedFetches(
  fetch: (request: FetchRequest, ttl: number) => Promise<Fetched>,
  again: () => void = () => {},
): NonNullable<Host['fetch']> {
  const known = new Map<string, Fetched | HostError>()
  return (request, ttl) => {
    const key = requestKey(request)
    const found = known.get(key)
    if (found instanceof HostError) throw found
    if (found !== undefined) return found
    again()
    throw new Awaited(async () => {
      try {
        known.set(key, await fetch(request, ttl))
      } catch (error) {
        if (!(error instanceof HostError)) throw error
        known.set(key, error)
      }
    })
  }
}
