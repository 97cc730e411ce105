/** Puts the parts of the backend together. */
import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import express, { type ErrorRequestHandler } from 'express'
import { WebSocketServer } from 'ws'
import { defaultStoreDir } from '@snowglobe/shared/store-path'
import type { Channel, Health } from '@snowglobe/shared/messages'
import { Builder } from '../build/builder'
import { defaultSystemFeatures } from '../build/build-settings'
import { LogArchive } from '../build/log-archive'
import { LocalQueue } from '../build/queue'
import { PathImporter } from '../build/import-paths'
import { cacheRoutes } from '../cache/cache-routes'
import { openNetworkServices, type NetworkServices } from '../cache/network-services'
import { compressedNars } from '../cache/served-cache'
import { SigningKey } from '../cache/signing-key'
import { ChannelLibrary } from '../channels/channel-library'
import { channelRoutes } from '../channels/channel-routes'
import { findLauncher, NoSandbox, ownSystem } from '../sandbox/find-launcher'
import type { Launcher } from '../sandbox/launcher'
import { describeLimit } from '../sandbox/limits'
import { ensureBusyboxSeed, SeedError } from '../seed/busybox'
import { DiskStore } from '../store/disk-store'
import { lockFile } from '../store/file-lock'
import { BuildSession } from './build-session'
import type { Configuration } from './configuration'
import { HttpError } from './http-error'
import { servePage } from './page'
import { RequestGuard } from './request-guard'
import { storeRoutes } from './store-routes'

export interface ServerOptions extends Configuration {
  version: string
  /** The built page. */
  pageDirectory: string
  /** For what the operator should know. */
  report: (message: string) => void
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

/** What is needed to build, or the reason why nothing can be built. */
type Builds = { builder: Builder; launcher: Launcher } | { reason: string }

/** Opens the store, prepares the sandbox and listens. Throws an Error that says what is wrong. */
export async function createServer(options: ServerOptions): Promise<Server> {
  mkdirSync(options.dataDirectory, { recursive: true })
  const lock = lockFile(join(options.dataDirectory, 'lock'), 'exclusive')
  if (lock === null)
    throw new Error(
      `another Snowglobe uses ${options.dataDirectory}; stop it, or set SNOWGLOBE_DATA`,
    )
  const library = new ChannelLibrary(join(options.dataDirectory, 'channels'), options.report)
  try {
    for (const source of options.channels) library.add(source)
  } catch (error) {
    await library.close()
    lock.release()
    throw error
  }
  const store = await DiskStore.open(options.dataDirectory, defaultStoreDir)
  const key = SigningKey.open(join(options.dataDirectory, 'keys'))
  const archive = new LogArchive(join(options.dataDirectory, 'nix/var/log/nix/drvs'))
  const network = openNetworkServices({ store, ...options })
  const builds = await prepareBuilds(options, store, archive, network)
  const guard = new RequestGuard(options.host, options.allowedHosts)

  const app = express()
  app.disable('x-powered-by')
  app.set('etag', 'weak')
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
  app.use('/api/store', storeRoutes(store, new PathImporter(store), options.uploadBytes))
  app.use(channelRoutes(library))
  app.use('/api', () => {
    throw new HttpError(404, 'not found')
  })
  const copies = compressedNars(options.cache, join(options.dataDirectory, 'compressed'))
  app.use(cacheRoutes(store, key, archive, copies))
  app.use(servePage(options.pageDirectory))
  app.use((request) => {
    throw new HttpError(404, `there is nothing at ${request.path}`)
  })
  app.use(errorHandler(options.report))

  const http = createHttpServer(app)
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1024 * 1024 })
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = guard.check(request, true)
    if (refusal !== null) return refuseUpgrade(socket, refusal.status, refusal.error)
    if (request.url !== '/api/builds') return refuseUpgrade(socket, 404, 'not found')
    if ('reason' in builds) return refuseUpgrade(socket, 503, builds.reason)
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      new BuildSession(webSocket, builds.builder)
    })
  })
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
      if ('builder' in builds) await builds.builder.close()
      for (const socket of sockets.clients) socket.terminate()
      http.closeAllConnections()
      await closed
      network.close()
      await library.close()
      store.close()
      lock.release()
    },
  }
}

async function prepareBuilds(
  options: ServerOptions,
  store: DiskStore,
  archive: LogArchive,
  network: NetworkServices,
): Promise<Builds> {
  try {
    const system = ownSystem()
    if (system === null) throw new NoSandbox(`builds need Linux, not ${process.platform}`)
    const shell = await ensureBusyboxSeed(store, system)
    const { limits, cores, report, controlGroups } = options
    const directory = join(options.dataDirectory, 'builds')
    const launcher = await findLauncher({
      directory,
      binaryDirectory: options.launcherDirectory ?? join(options.dataDirectory, 'launcher'),
      shell,
      controlGroups,
      kinds: options.launchers,
    })
    const builder = new Builder({
      context: {
        store,
        settings: {
          systems: [system],
          systemFeatures: [...defaultSystemFeatures, 'ca-derivations'].sort(),
          cores,
          keepGoing: false,
          keepFailed: false,
          fallback: true,
          substitute: options.substitution.substitute,
          alwaysAllowSubstitutes: false,
          logLines: 25,
          sandbox: 'true',
          experimentalFeatures: new Set(['ca-derivations', 'impure-derivations']),
          // Nothing of the server's environment is anybody's business.
          environmentVariable: () => undefined,
        },
        queue: new LocalQueue(options.jobs),
        launcher: () => Promise.resolve(launcher),
        limits,
        describeLimit: (limit, drvPath) => `building of '${drvPath}' ${describeLimit(limit)}`,
        shell,
        archive,
        retainedLog: Infinity,
        substitution: options.substitution.substitute ? network.substitution : null,
        fetcher: options.fetch.enabled ? network.fixedOutputs : null,
        report,
      },
      queueCapacity: options.queueLength,
      graceMilliseconds: options.graceMilliseconds ?? 3000,
    })
    return { builder, launcher }
  } catch (error) {
    if (error instanceof NoSandbox || error instanceof SeedError) {
      return { reason: error.message }
    }
    throw error
  }
}

function health(options: ServerOptions, store: DiskStore, key: SigningKey, builds: Builds): Health {
  const available = 'builder' in builds
  const system = ownSystem()
  const { queueLength, uploadBytes } = options
  return {
    version: options.version,
    storeDir: store.storeDir,
    systems: available && system !== null ? [system] : [],
    sandbox: {
      available,
      launcher: available ? builds.launcher.name : null,
      reason: available ? null : builds.reason,
    },
    queue: available ? builds.builder.counts() : { running: 0, waiting: 0, capacity: 0 },
    publicKey: key.publicKey,
    limits: { ...options.limits, queueLength, uploadBytes },
  }
}

/** Errors of our own and of body-parser tell their status; of others nobody outside learns more. */
function errorHandler(report: (message: string) => void): ErrorRequestHandler {
  return (error: Error & { status?: number }, request, response, _next) => {
    const status = error.status ?? 500
    if (status >= 500 && !(error instanceof HttpError))
      report(`${request.method} ${request.path}: ${error.stack ?? error.message}`)
    if (response.headersSent) return void response.destroy()
    const message =
      status === 413
        ? 'this is larger than the limit uploadBytes allows; send less at a time'
        : status < 500 || error instanceof HttpError
          ? error.message
          : "an internal error, see the server's log"
    response.status(status).json({ error: message })
  }
}

function refuseUpgrade(socket: Duplex, status: number, error: string): void {
  const body = JSON.stringify({ error })
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

function urlOf({ address, port, family }: AddressInfo): string {
  const host = family === 'IPv6' ? `[${address}]` : address
  return `http://${host}:${port}/`
}
