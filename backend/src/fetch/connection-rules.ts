/**
 * Whom we connect to on somebody else's behalf. A visitor's URL must not reach what only this machine
 * can reach, so names are resolved here, once, and the connection is made to the very address that
 * was checked: a name that means something else a moment later changes nothing.
 */
import { lookup as resolveName } from 'node:dns/promises'
import type { LookupAddress } from 'node:dns'
import { networkInterfaces } from 'node:os'
import {
  isInNetwork,
  isPrivateAddress,
  meantAddress,
  parseAddress,
  parseNetwork,
  type Network,
} from './ip-address'
import { FetchError } from './fetch-error'

/** Ports below 1024 that speak HTTP; at others (mail, databases) a request could do harm. */
const webPorts = new Set([80, 443])
const firstFreePort = 1024
const isWebPort = (port: number) => webPorts.has(port) || port >= firstFreePort

export type ResolveName = (name: string) => Promise<LookupAddress[]>

/** What may be connected to beyond the open Internet. */
export interface ConnectionRulesOptions {
  /** Anything at all: for what a person runs on their own machine. */
  everything?: boolean
  /** `name`, `name:port`, an address, or a network `address/bits`. */
  allowed?: readonly string[]
  /** Ports of hosts that are not among these; those of web servers if nothing is said. */
  isPortAllowed?: (port: number) => boolean
  /** The system's own, unless a test says otherwise. */
  resolve?: ResolveName
}

export class ConnectionRules {
  private readonly everything: boolean
  private readonly names = new Set<string>()
  private readonly networks: Network[] = []
  private readonly isPortAllowed: (port: number) => boolean
  private readonly resolve: ResolveName

  /** Throws an Error that names an entry of `allowed` that makes no sense. */
  constructor(options: ConnectionRulesOptions = {}) {
    this.everything = options.everything ?? false
    this.isPortAllowed = options.isPortAllowed ?? isWebPort
    this.resolve = options.resolve ?? ((name) => resolveName(name, { all: true }))
    for (const entry of options.allowed ?? []) {
      const network = parseNetwork(entry)
      if (network !== null) this.networks.push(network)
      else if (/^[a-z0-9._-]+(:\d{1,5})?$/i.test(entry)) this.names.add(entry.toLowerCase())
      else throw new Error(`'${entry}' is neither a host, an address, nor a network`)
    }
  }

  /**
   * The addresses of a host, each of which may be connected to. Throws FetchError if there is none;
   * `url` is what the error speaks of.
   */
  async addressesOf(host: string, port: number, url: string): Promise<LookupAddress[]> {
    const name = host.replace(/^\[(.*)\]$/, '$1').toLowerCase()
    const trusted = this.everything || this.names.has(name) || this.names.has(`${name}:${port}`)
    const addresses = await this.lookUp(name, url)
    if (trusted) return addresses
    const open = addresses.filter(({ address }) => this.isAllowed(address))
    if (open.length === 0)
      throw new FetchError(
        'refused',
        url,
        `'${name}' is an address of a private network, which may not be reached from here`,
      )
    const listed = open.some(({ address }) => this.isListed(address))
    if (!this.isPortAllowed(port) && !listed)
      throw new FetchError('refused', url, `port ${port} is none that web servers use`)
    return open
  }

  private async lookUp(name: string, url: string): Promise<LookupAddress[]> {
    const bytes = parseAddress(name)
    if (bytes !== null) return [{ address: name, family: bytes.length === 4 ? 4 : 6 }]
    try {
      return await this.resolve(name)
    } catch (error) {
      // Whoever could not be asked may answer later.
      const later = (error as NodeJS.ErrnoException).code === 'EAI_AGAIN'
      const kind = later ? 'network' : 'unknown-host'
      throw new FetchError(kind, url, `Could not resolve hostname '${name}'`)
    }
  }

  private isListed(address: string): boolean {
    const bytes = parseAddress(address)
    return bytes !== null && this.networks.some((network) => isInNetwork(bytes, network))
  }

  private isAllowed(address: string): boolean {
    const bytes = parseAddress(address)
    if (bytes === null) return false
    return this.isListed(address) || (!isPrivateAddress(bytes) && !isOwnAddress(bytes))
  }
}

/** Services that listen on every address of this machine can be reached at its public ones as well. */
function isOwnAddress(address: Uint8Array): boolean {
  const meant = Buffer.from(meantAddress(address))
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .some(({ address }) => meant.equals(meantAddress(parseAddress(address) ?? new Uint8Array())))
}
