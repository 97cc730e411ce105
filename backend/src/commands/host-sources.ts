/** What fetches for evaluations of a command in a terminal, loaded when the first thing is fetched. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import type { ByteString } from '@snowglobe/shared/bytes'
import type { Settings } from '@snowglobe/worker/commands/settings'
import type { Fetched, FetchRequest } from '@snowglobe/worker/evaluator/fetch-request'
import type { SourceFetcher } from '../sources/source-fetcher'

export class HostSources {
  private fetcher: Promise<SourceFetcher> | null = null

  constructor(
    private readonly settings: Settings,
    private readonly warn: (text: ByteString) => void,
  ) {}

  /** Throws HostError. */
  async fetch(request: FetchRequest, ttl: number): Promise<Fetched> {
    this.fetcher ??= this.open()
    return (await this.fetcher).fetch(request, ttl)
  }

  private async open(): Promise<SourceFetcher> {
    const [{ SourceFetcher }, { SourceCache }, { Fetcher }, { networkSettings }] =
      await Promise.all([
        import('../sources/source-fetcher'),
        import('../sources/source-cache'),
        import('../fetch/fetcher'),
        import('../cache/network-settings'),
      ])
    const { settings } = this
    const { maxBytes, attempts, stallMilliseconds, connectionsPerServer } =
      networkSettings(settings).fetch
    const home = process.env.XDG_CACHE_HOME || join(process.env.HOME ?? homedir(), '.cache')
    return new SourceFetcher({
      // A person's own commands reach whatever the person can reach.
      fetcher: new Fetcher({
        files: true,
        connections: { everything: true },
        attempts,
        stallMilliseconds,
        connectionsPerServer,
      }),
      cache: new SourceCache(join(home, 'snowglobe/sources')),
      local: true,
      maxBytes,
      maxUnpackedBytes: Number.MAX_SAFE_INTEGER,
      allowDirty: settings.boolean('allow-dirty', true),
      warnDirty: settings.boolean('warn-dirty', true),
      warn: this.warn,
    })
  }
}
