/** WebSockets: who may open one, and what is spoken over it. */
import type { IncomingMessage, Server as HttpServer } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { ShellSession } from '../shell/shell-session'
import { ShellRefused } from '../shell/shells'
import type { Authorisation } from './authorisation'
import { BuildSession } from './build-session'
import type { Builds } from './builds'
import type { Housekeeping } from './housekeeping'
import type { Metrics } from './metrics'
import type { PublicLimits } from './public-limits'
import type { RequestGuard } from './request-guard'
import { VisitorLimitReached, type Visitors } from './visitors'

const messageBytes = 1024 * 1024

export interface SocketOptions {
  guard: RequestGuard
  authorisation: Authorisation
  builds: Builds
  visitors: Visitors
  limits: PublicLimits
  housekeeping: Housekeeping
  metrics: Metrics
  report: (message: string) => void
}

/** Answers a server's requests to upgrade. */
export function serveSockets(http: HttpServer, options: SocketOptions): WebSocketServer {
  const { guard, authorisation, builds, visitors, metrics } = options
  const sockets = new WebSocketServer({ noServer: true, maxPayload: messageBytes })
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // The server has let go of it: an error that nobody hears would end the process.
    socket.on('error', () => socket.destroy())
    const refusal = guard.check(request, true)
    if (refusal !== null) return refuse(socket, refusal.status, refusal.error)
    const path = request.url
    if (path !== '/api/builds' && path !== '/api/shell') return refuse(socket, 404, 'not found')
    if ('reason' in builds) return refuse(socket, 503, builds.reason)
    if (!authorisation.mayPush(request))
      return refuse(socket, 401, 'this server needs a token: Authorization: Bearer …')
    const visitor = visitors.of(request)
    let leave: () => void
    try {
      leave = visitors.admit(visitor, 'visitorSockets')
    } catch (error) {
      if (!(error instanceof VisitorLimitReached)) throw error
      metrics.refused(error.limit)
      return refuse(socket, 429, error.message)
    }
    socket.once('close', leave)
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      if (path === '/api/shell')
        new ShellSession(webSocket, {
          shells: builds.shells,
          limits: options.limits,
          admit: () => admitToShell(options, visitor),
          report: options.report,
        })
      else
        new BuildSession(webSocket, {
          builder: builds.builder,
          visitor,
          admit: () => visitors.admit(visitor, 'visitorBuilds'),
          refusal: () => options.housekeeping.refusal(),
          onEnd: (event) => noteEnd(options, event),
        })
    })
  })
  return sockets
}

function admitToShell(options: SocketOptions, visitor: string): () => void {
  const { visitors, metrics, housekeeping } = options
  const full = housekeeping.refusal()
  if (full !== null) {
    metrics.refused('freeBytes')
    throw new ShellRefused(full, 'freeBytes')
  }
  try {
    return visitors.admit(visitor, 'visitorShells')
  } catch (error) {
    if (!(error instanceof VisitorLimitReached)) throw error
    metrics.refused(error.limit)
    throw new ShellRefused(error.message, error.limit)
  }
}

/** What was built stays for a while, also when nobody has it any more. */
function noteEnd(
  { metrics, housekeeping, report }: SocketOptions,
  event: Parameters<ConstructorParameters<typeof BuildSession>[1]['onEnd']>[0],
): void {
  if (event.type === 'failed') {
    metrics.buildEnded(event.failure.kind)
    if (event.failure.limit !== null) metrics.refused(event.failure.limit)
    return
  }
  metrics.buildEnded('built')
  for (const { path } of event.outputs)
    housekeeping.keep(path).catch((error: unknown) => report(`a root: ${String(error)}`))
}

function refuse(socket: Duplex, status: number, error: string): void {
  const body = JSON.stringify({ error })
  // Nothing more is heard from it, and no time-out would end it.
  socket.once('finish', () => socket.destroy())
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
