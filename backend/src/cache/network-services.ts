import type { FixedOutputFetcher } from '../build/substitution'
import { BuilderEgress } from '../fetch/builder-egress'
import { defaultEgressLimits } from '../fetch/egress-proxy'
import { Fetcher, type FetcherOptions } from '../fetch/fetcher'
import { UrlFetcher } from '../fetch/fetch-fixed-output'
import type { FetchSettings } from '../fetch/fetch-settings'
import { hostAndPort } from '../fetch/host-and-port'
import { Mirrors } from '../fetch/mirrors'
import type { DiskStore } from '../store/disk-store'
import { CacheSubstitution } from './cache-substitution'
import type { SubstitutionSettings } from './substitution-settings'

/** Everything that gets something from elsewhere, put together. */
export interface NetworkServices {
  substitution: CacheSubstitution
  fixedOutputs: FixedOutputFetcher
  /** For URLs that anybody may have written: what evaluations fetch. */
  fetcher: Fetcher
  /** For builders that fetch by themselves. */
  egress: BuilderEgress
  /** Ends connections that are kept for later. */
  close(): void
}

/**
 * Opens what a server or a command needs of the network. Throws an Error that says which setting makes
 * no sense.
 */
export function openNetworkServices(options: {
  store: DiskStore
  fetch: FetchSettings
  substitution: SubstitutionSettings
  /** For the operator. */
  report?: (message: string) => void
}): NetworkServices {
  const { fetch, substitution } = options
  const { enabled, own: everything, allowed, attempts, stallMilliseconds } = fetch
  const mirrors = new Mirrors(fetch.mirrors)
  const common: FetcherOptions = {
    attempts,
    stallMilliseconds,
    timeoutMilliseconds: fetch.timeoutMilliseconds,
    connectionsPerServer: fetch.connectionsPerServer,
    certificates: fetch.certificates,
    netrc: fetch.netrc,
  }
  const rules = (...trusted: string[]) => ({ everything, allowed: [...allowed, ...trusted] })
  const fetcher = new Fetcher({ ...common, enabled, files: everything, connections: rules() })
  const hostsOf = (urls: readonly string[]) => urls.map(hostAndPort).filter((host) => host !== null)
  const mirrorFetcher = new Fetcher({
    ...common,
    enabled,
    connections: rules(...mirrors.trustedHosts, ...hostsOf(fetch.hashedMirrors)),
  })
  const cacheFetcher = new Fetcher({
    ...common,
    files: true,
    connections: rules(...hostsOf(substitution.substituters)),
  })
  return {
    substitution: new CacheSubstitution({
      store: options.store,
      fetcher: cacheFetcher,
      settings: substitution,
      report: options.report,
    }),
    fixedOutputs: new UrlFetcher({
      fetcher,
      mirrorFetcher,
      mirrors,
      hashedMirrors: fetch.hashedMirrors,
      maxBytes: fetch.maxBytes,
    }),
    fetcher,
    egress: new BuilderEgress(rules(), defaultEgressLimits, fetch.certificates),
    close() {
      for (const one of [fetcher, mirrorFetcher, cacheFetcher]) one.close()
    },
  }
}
