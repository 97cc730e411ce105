/**
 * Who may ask: pages of our own, and programs that are no browsers. A page of somebody else could
 * make a visitor's browser talk to a server that only the visitor reaches (on localhost); the
 * browser then tells where the page is from (Origin), and what it believes to talk to (Host), which
 * after DNS rebinding is the other's name.
 */
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

const localNames = ['localhost', '127.0.0.1', '[::1]']

/** Why a request is refused, or null if it may be answered. */
export type Refusal = { status: number; error: string } | null

export class RequestGuard {
  private readonly hosts: ReadonlySet<string>

  /** `listening` is the name or address that the server listens on. */
  constructor(listening: string, allowed: readonly string[]) {
    const own = isIP(listening) === 6 ? `[${listening}]` : listening
    this.hosts = new Set([...localNames, own, ...allowed].map((host) => hostName(host)))
  }

  /** Checks a request. `state` says whether it may change something, or is a WebSocket's. */
  check(request: IncomingMessage, changes: boolean): Refusal {
    const { host, origin } = request.headers
    if (host === undefined || !this.hosts.has(hostName(host)))
      return {
        status: 421,
        error:
          `this server is not "${host ?? ''}"; ` +
          'if it should be, add the name to SNOWGLOBE_ALLOWED_HOSTS',
      }
    if (changes && origin !== undefined && originHost(origin) !== host.toLowerCase())
      return { status: 403, error: `requests from pages of "${origin}" are not allowed` }
    return null
  }
}

/** Without the port. */
function hostName(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '')
}

/** Host and port of an origin; null for "null", which hidden and local pages send. */
function originHost(origin: string): string | null {
  try {
    const { protocol, host } = new URL(origin)
    return protocol === 'http:' || protocol === 'https:' ? host : null
  } catch {
    return null
  }
}
