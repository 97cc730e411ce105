import type { Settings } from '@snowglobe/worker/commands/settings'
import type { FixedOutputFetcher, Substitution } from '../build/substitution'
import type { NetworkServices } from '../cache/network-services'
import type { OpenEgress } from '../fetch/builder-egress'
import type { DiskStore } from '../store/disk-store'

/** What gets things from elsewhere, loaded when the first thing is wanted. */
export class LazyNetwork {
  readonly substitution: Substitution
  readonly fetcher: FixedOutputFetcher
  readonly openEgress: OpenEgress
  private services: Promise<NetworkServices> | null = null

  constructor(
    private readonly store: DiskStore,
    private readonly settings: Settings,
  ) {
    this.substitution = {
      querySubstitutable: async (paths, transfer) =>
        (await this.open()).substitution.querySubstitutable(paths, transfer),
      substitute: async (path, transfer) =>
        (await this.open()).substitution.substitute(path, transfer),
      queryRealisation: async (drvPath, output, transfer) =>
        (await (await this.open()).substitution.queryRealisation?.(drvPath, output, transfer)) ??
        null,
    }
    this.fetcher = {
      fetch: async (derivation, target, transfer) =>
        (await this.open()).fixedOutputs.fetch(derivation, target, transfer),
    }
    this.openEgress = async (user, say) => (await this.open()).egress.open(user, say)
  }

  async close(): Promise<void> {
    ;(await this.services)?.close()
  }

  private open(): Promise<NetworkServices> {
    this.services ??= Promise.all([
      import('../cache/network-services'),
      import('../cache/network-settings'),
    ]).then(([{ openNetworkServices }, { networkSettings }]) =>
      openNetworkServices({ store: this.store, ...networkSettings(this.settings) }),
    )
    return this.services
  }
}
