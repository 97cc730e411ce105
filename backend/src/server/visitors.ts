/** Who asks, as far as limits are concerned: an address of the network, of which only a hash is kept. */
import { createHmac, randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isIPv4, isIPv6 } from 'node:net'
import type { PublicLimits } from './public-limits'

export type VisitorLimit = Extract<keyof PublicLimits, `visitor${string}`>

/** A visitor has as much of something as one may have. */
export class VisitorLimitReached extends Error {
  override name = 'VisitorLimitReached'

  constructor(
    readonly limit: string,
    value: number,
    what: string,
  ) {
    super(
      `you may have no more ${what} at a time (limit ${limit} = ${value}); end one of them first`,
    )
  }
}

const kinds: Record<VisitorLimit, string> = {
  visitorBuilds: 'requests to build',
  visitorUploads: 'uploads',
  visitorFetches: 'downloads',
  visitorShells: 'shells',
  visitorSockets: 'connections',
}

export class Visitors {
  /** What each has at the moment. */
  private readonly counts = new Map<string, number>()
  /** Addresses are personal data: nobody can tell them from the hashes once this process has ended. */
  private readonly salt = randomBytes(32)

  constructor(
    private readonly limits: PublicLimits,
    /** Proxies in front, each of which has added the address it was asked from. */
    private readonly proxies: number,
  ) {}

  /** A short name for whoever sent a request: the same for the same address. */
  of(request: IncomingMessage): string {
    const network = networkOf(this.addressOf(request))
    return createHmac('sha256', this.salt).update(network).digest('base64url').slice(0, 12)
  }

  /** Takes one; gives the way to give it back. Throws VisitorLimitReached. */
  admit(visitor: string, limit: VisitorLimit): () => void {
    const key = `${limit} ${visitor}`
    const count = this.counts.get(key) ?? 0
    if (count >= this.limits[limit])
      throw new VisitorLimitReached(limit, this.limits[limit], kinds[limit])
    this.counts.set(key, count + 1)
    let given = false
    return () => {
      if (given) return
      given = true
      const now = this.counts.get(key) ?? 0
      if (now > 1) this.counts.set(key, now - 1)
      else this.counts.delete(key)
    }
  }

  /** Visitors who have something at the moment. */
  get present(): number {
    return new Set([...this.counts.keys()].map((key) => key.split(' ')[1])).size
  }

  /** What stands further left in the header is what the visitor wrote. */
  private addressOf(request: IncomingMessage): string {
    const own = request.socket.remoteAddress ?? ''
    if (this.proxies === 0) return own
    const header = [request.headers['x-forwarded-for'] ?? []].flat().join(',')
    const forwarded = header.split(',').map((address) => address.trim())
    return forwarded.at(-this.proxies) || own
  }
}

/** An address of version 4, or the half of one of version 6 that a household has. */
function networkOf(address: string): string {
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1] ?? address
  if (isIPv4(mapped) || !isIPv6(mapped)) return mapped
  const [head = '', tail] = mapped.replace(/%.*$/, '').split('::')
  const groups = head === '' ? [] : head.split(':')
  const rest = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - groups.length - rest.length
  return [...groups, ...Array<string>(Math.max(0, zeros)).fill('0'), ...rest]
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':')
}
