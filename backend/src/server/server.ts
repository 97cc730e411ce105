/** Puts the parts of the backend together. */
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import express, { type ErrorRequestHandler } from 'express'
import { byteStringToUtf8 } from '@snowglobe/shared/bytes'
import { defaultStoreDir } from '@snowglobe/shared/store-path'
import type { Channel, Health } from '@snowglobe/shared/messages'
import { LogArchive } from '../build/log-archive'
import { PathImporter } from '../build/import-paths'
import { cacheRoutes } from '../cache/cache-routes'
import { openNetworkServices } from '../cache/network-services'
import { SourceCache } from '../sources/source-cache'
import { guardedGit } from '../sources/guarded-git'
import { guardedMercurial } from '../sources/guarded-mercurial'
import { GuardedProgram } from '../sources/guarded-program'
import { SourceFetcher } from '../sources/source-fetcher'
import { compressedNars } from '../cache/served-cache'
import { SigningKey } from '../cache/signing-key'
import { ChannelLibrary } from '../channels/channel-library'
import { channelRoutes } from '../channels/channel-routes'
import { isChannelUrl } from '../channels/channel-url'
import { DiskStore } from '../store/disk-store'
import { chrootLayout } from '../store/store-layout'
import { administrationRoutes } from './administration-routes'
import { Authorisation } from './authorisation'
import { prepareBuilds, type Builds } from './builds'
import type { Configuration } from './configuration'
import { openDataDirectory } from './data-directory'
import { Fetcher } from '../fetch/fetcher'
import { fetchRoutes } from './fetch-routes'
import { Housekeeping } from './housekeeping'
import { HttpError } from './http-error'
import { Metrics } from './metrics'
import { servePage } from './page'
import { RequestGuard } from './request-guard'
import { noteRequests } from './request-log'
import { serveSockets } from './sockets'
import { storeRoutes } from './store-routes'
import { VisitorLimitReached, Visitors } from './visitors'

/** Longer than proxies keep theirs: else one may send a request on a connection that ends just then. */
const idleMilliseconds = 130_000
/** Of a request's head; bodies have the limits of what they are for. */
const headMilliseconds = 15_000

export interface ServerOptions extends Configuration {
  version: string
  /** The built page. */
  pageDirectory: string
  /** For what the operator should know. */
  report: (message: string) => void
  /** Takes a line for each request, where the configuration asks for that. */
  logRequest?: (line: string) => void
  /** How long a build goes on after its last watcher has gone. */
  graceMilliseconds?: number
  /** Where the compiled launcher is kept, if not in the data directory. */
  launcherDirectory?: string
}

export interface Server {
  /** Where the page is, like `http://127.0.0.1:8080/`. */
  readonly url: string
  /** How builds are sandboxed, or why there are none; for the operator. */
  readonly builds: string
  /** What `<nixpkgs>` may mean in tabs. */
  readonly channels: readonly Channel[]
  /** Stops builds, ends connections, and waits for all that. */
  close(): Promise<void>
}

/** Opens the store, prepares the sandbox and listens. Throws an Error that says what is wrong. */
export async function createServer(options: ServerOptions): Promise<Server> {
  const { dataDirectory, publicLimits: limits, report } = options
  const data = openDataDirectory(dataDirectory)
  // What the operator names may lie anywhere, also where visitors may not send the server.
  const channelFetcher = new Fetcher({ connections: { everything: true } })
  const library = new ChannelLibrary(join(dataDirectory, 'channels'), report, channelFetcher)
  try {
    for (const source of options.channels) {
      if (isChannelUrl(source.path)) library.follow(source)
      else library.add(source)
    }
  } catch (error) {
    await library.close()
    channelFetcher.close()
    data.release()
    throw error
  }
  const store = await DiskStore.open(dataDirectory, defaultStoreDir)
  const key = SigningKey.open(join(dataDirectory, 'keys'))
  const archive = new LogArchive(join(dataDirectory, 'nix/var/log/nix/drvs'))
  const network = openNetworkServices({ store, ...options })
  const builds = await prepareBuilds({
    ...options,
    store,
    archive,
    network,
    graceMilliseconds: options.graceMilliseconds ?? 3000,
    launcherDirectory: options.launcherDirectory ?? join(dataDirectory, 'launcher'),
  })
  const guard = new RequestGuard(options.host, options.allowedHosts)
  const visitors = new Visitors(limits, options.proxies)
  const authorisation = new Authorisation(options.tokens, options.push)
  const housekeeping = new Housekeeping({
    store,
    state: chrootLayout(dataDirectory).state,
    limits,
    report,
    onFreed: (bytes) => metrics.freed(bytes),
  })
  const metrics = new Metrics({
    buildsRunning: () => ('builder' in builds ? builds.builder.counts().running : 0),
    buildsWaiting: () => ('builder' in builds ? builds.builder.counts().waiting : 0),
    shells: () => ('shells' in builds ? builds.shells.running : 0),
    sockets: () => sockets.clients.size,
    visitors: () => visitors.present,
    storeBytes: () => housekeeping.storeBytes(),
    freeBytes: () => housekeeping.freeBytes(),
  })
  const parts = { store, limits, visitors, authorisation, housekeeping, metrics, report }

  const app = express()
  app.disable('x-powered-by')
  app.set('etag', 'weak')
  const logRequest = options.requestLog === 'json' ? (options.logRequest ?? console.log) : null
  app.use(noteRequests(metrics, logRequest))
  app.use((request, response, next) => {
    response.set({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    })
    const changes = request.method !== 'GET' && request.method !== 'HEAD'
    const refusal = guard.check(request, changes)
    if (refusal === null) next()
    else response.status(refusal.status).json({ error: refusal.error })
  })
  app.get('/api/health', (_request, response) => {
    response.set('cache-control', 'no-store').json(health(options, store, key, builds))
  })
  const sources = visitorSources(options, network.fetcher)
  app.use('/api/fetch', fetchRoutes({ ...parts, sources }))
  app.use('/api/store', storeRoutes({ ...parts, importer: new PathImporter(store) }))
  app.use(administrationRoutes({ ...parts, tokens: options.tokens }))
  app.use(channelRoutes(library))
  app.use('/api', () => {
    throw new HttpError(404, 'not found')
  })
  const copies = compressedNars(options.cache, join(dataDirectory, 'compressed'))
  app.use(cacheRoutes(store, key, archive, copies))
  app.use(servePage(options.pageDirectory))
  app.use(() => {
    throw new HttpError(404, 'there is nothing at this address')
  })
  app.use(errorHandler(metrics, limits.uploadBytes, report))

  const http = createHttpServer(
    {
      keepAliveTimeout: idleMilliseconds,
      headersTimeout: headMilliseconds,
      // Uploads say more about why they are ended; this is for all other bodies.
      requestTimeout: headMilliseconds + (limits.uploadSeconds + 1) * 1000,
    },
    app,
  )
  http.maxConnections = limits.connections
  const sockets = serveSockets(http, { ...parts, guard, builds })
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject)
    http.listen(options.port, options.host, resolve)
  })

  return {
    url: urlOf(http.address() as AddressInfo),
    builds: 'reason' in builds ? `switched off: ${builds.reason}` : builds.launcher.details,
    channels: library.channels,
    async close() {
      const closed = new Promise((resolve) => http.close(resolve))
      for (const socket of sockets.clients) socket.close(1001)
      if ('close' in builds) await builds.close()
      for (const socket of sockets.clients) socket.terminate()
      http.closeAllConnections()
      await closed
      network.close()
      await housekeeping.close()
      await library.close()
      channelFetcher.close()
      store.close()
      data.release()
    },
  }
}

function health(options: ServerOptions, store: DiskStore, key: SigningKey, builds: Builds): Health {
  const available = 'builder' in builds
  return {
    version: options.version,
    storeDir: store.storeDir,
    systems: available ? [...builds.systems] : [],
    sandbox: {
      available,
      launcher: available ? builds.launcher.name : null,
      reason: available ? null : builds.reason,
    },
    queue: available ? builds.builder.counts() : { running: 0, waiting: 0, capacity: 0 },
    publicKey: key.publicKey,
    limits: { ...options.limits, ...options.publicLimits },
  }
}

/** Errors of our own and of body-parser tell their status; of others nobody outside learns more. */
function errorHandler(
  metrics: Metrics,
  uploadBytes: number,
  report: (message: string) => void,
): ErrorRequestHandler {
  return (error: Error & { status?: number; limit?: unknown }, request, response, _next) => {
    const isOwn = error instanceof HttpError || error instanceof VisitorLimitReached
    if (error instanceof VisitorLimitReached) metrics.refused(error.limit)
    const status = error instanceof VisitorLimitReached ? 429 : (error.status ?? 500)
    // Addresses name store paths, which are nobody's business but the visitor's.
    if (status >= 500 && !isOwn) report(`${request.method}: ${error.stack ?? error.message}`)
    if (response.headersSent) return void response.destroy()
    if (status === 413 && error.limit === uploadBytes) metrics.refused('uploadBytes')
    response.status(status).json({ error: messageOf(error, status < 500 || isOwn, uploadBytes) })
  }
}

/** `limit` is how many bytes a body may have that was larger. */
function messageOf(
  { message, limit }: Error & { limit?: unknown },
  isKnown: boolean,
  uploadBytes: number,
): string {
  if (!isKnown) return "an internal error, see the server's log"
  if (typeof limit !== 'number') return message
  return limit === uploadBytes
    ? `this is larger than ${limit} bytes (limit uploadBytes = ${limit}); send less at a time`
    : `this is larger than the ${limit} bytes that a question may have; ask for less at a time`
}

function urlOf({ address, port, family }: AddressInfo): string {
  const host = family === 'IPv6' ? `[${address}]` : address
  return `http://${host}:${port}/`
}

/** Bytes that an archive may unpack to which a visitor's evaluation fetches; it is held in memory. */
const maxUnpackedBytes = 1024 ** 3
const keptSourceBytes = 2 * 1024 ** 3

/** What fetches for evaluations of visitors: nothing of this machine, and only where they may go. */
function visitorSources({ dataDirectory, fetch, report }: ServerOptions, fetcher: Fetcher) {
  const maxBytes = Math.min(fetch.maxBytes, maxUnpackedBytes)
  const guards = {
    ...fetch,
    connections: { everything: fetch.own, allowed: fetch.allowed },
    maxBytes,
    maxTreeBytes: maxUnpackedBytes,
  }
  return new SourceFetcher({
    fetcher,
    git: new GuardedProgram(guardedGit, guards),
    mercurial: new GuardedProgram(guardedMercurial, guards),
    cache: new SourceCache(join(dataDirectory, 'sources'), keptSourceBytes),
    maxCloneBytes: keptSourceBytes,
    local: false,
    maxBytes,
    maxUnpackedBytes,
    allowDirty: false,
    warnDirty: false,
    warn: (text) => report(byteStringToUtf8(text)),
  })
}
