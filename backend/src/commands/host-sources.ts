/** What fetches for evaluations of a command in a terminal, loaded when the first thing is fetched. */
import { mkdtempSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { byteStringToUtf8, type ByteString } from '@snowglobe/shared/bytes'
import type { Settings } from '@snowglobe/worker/commands/settings'
import type {
  ClosureRequest,
  Fetched,
  FetchedClosure,
  FetchRequest,
} from '@snowglobe/worker/evaluator/fetch-request'
import type { SourceFetcher } from '../sources/source-fetcher'
import type { DiskStore } from '../store/disk-store'

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

  /** Throws HostError, SubstitutionError. */
  async fetchClosure(
    { fromStore, fromPath, toPath }: ClosureRequest,
    openStore: () => Promise<DiskStore>,
  ): Promise<FetchedClosure> {
    const [store, closures, { openNetworkServices }, { networkSettings }] = await Promise.all([
      openStore(),
      import('../sources/closure-source'),
      import('../cache/network-services'),
      import('../cache/network-settings'),
    ])
    const given = networkSettings(this.settings)
    const cache = byteStringToUtf8(fromStore)
    const substitution = { ...given.substitution, substitute: true, substituters: [cache] }
    const copy = async (to: DiskStore, requireSignatures: boolean) => {
      const network = openNetworkServices({
        ...given,
        store: to,
        substitution: { ...substitution, requireSignatures },
      })
      try {
        await closures.copyClosure(to, network.substitution, fromPath, cache, {
          signal: new AbortController().signal,
          onMessage: (text) => this.warn(text.replace(/^warning: /, '')),
        })
      } finally {
        network.close()
      }
    }
    try {
      let path = toPath
      if (path === null) {
        path = fromPath
        await copy(store, given.substitution.requireSignatures)
      } else if (path === '' || !store.isValidPath(path)) {
        path = await withTemporaryStore(store.storeDir, async (temporary) => {
          // What is named for its contents need not be signed; what it is made of stays outside.
          await copy(temporary, false)
          return closures.makeContentAddressed(temporary, store, fromPath)
        })
      }
      return { path, isContentAddressed: closures.isContentAddressed(store, path) }
    } finally {
      store.close()
    }
  }

  private async open(): Promise<SourceFetcher> {
    const [
      { SourceFetcher },
      { ownGit, ownMercurial },
      { SourceCache },
      { Fetcher },
      { networkSettings },
    ] = await Promise.all([
      import('../sources/source-fetcher'),
      import('../sources/repository-program'),
      import('../sources/source-cache'),
      import('../fetch/fetcher'),
      import('../cache/network-settings'),
    ])
    const { settings } = this
    const { maxBytes, attempts, stallMilliseconds, connectionsPerServer, certificates, netrc } =
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
        certificates,
        netrc,
      }),
      git: ownGit,
      mercurial: ownMercurial,
      cache: new SourceCache(join(home, 'snowglobe/sources')),
      maxCloneBytes: Infinity,
      local: true,
      maxBytes,
      maxUnpackedBytes: Number.MAX_SAFE_INTEGER,
      allowDirty: settings.boolean('allow-dirty', true),
      warnDirty: settings.boolean('warn-dirty', true),
      warn: this.warn,
    })
  }
}

/** Does something with a store that is gone afterwards. */
async function withTemporaryStore<Result>(
  storeDir: ByteString,
  work: (store: DiskStore) => Promise<Result>,
): Promise<Result> {
  const [{ DiskStore }, { chrootLayout }, { removeTree }] = await Promise.all([
    import('../store/disk-store'),
    import('../store/store-layout'),
    import('../store/remove-tree'),
  ])
  const directory = mkdtempSync(join(tmpdir(), 'snowglobe-closure-'))
  const store = await DiskStore.openAt(chrootLayout(directory), storeDir)
  try {
    return await work(store)
  } finally {
    store.close()
    await removeTree(directory)
  }
}
