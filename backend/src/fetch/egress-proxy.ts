/**
 * The only way out for programs that fetch by themselves (git, cargo, npm …), in builds or for visitors:
 * a proxy of HTTP, with a tunnel (CONNECT) for what is encrypted. It resolves names itself and connects
 * to the very addresses that it has checked, so that nothing is reached but the open Internet.
 */
import { randomBytes } from 'node:crypto'
import {
  createServer,
  request as startRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { Transform, type Duplex, type TransformCallback } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ConnectionRules } from './connection-rules'
import { FetchError } from './fetch-error'
import { fetchError } from './http-exchange'
import { pinnedLookup } from './pinned-lookup'

export interface EgressLimits {
  /** Bytes in both directions together. */
  bytes: number
  /** Connections at a time. */
  connections: number
  /** How long nothing may pass on a connection, in milliseconds. */
  idleMilliseconds: number
}

export const defaultEgressLimits: EgressLimits = {
  bytes: 2 * 2 ** 30,
  connections: 32,
  idleMilliseconds: 120_000,
}

/** Headers that are between two neighbours only (RFC 9110, 7.6.1). */
const hopHeaders = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** A proxy for one builder, or for one thing that is fetched. */
export class EgressProxy {
  private readonly server: Server
  private readonly sockets = new Set<Duplex>()
  private readonly said = new Set<string>()
  private connections = 0
  private bytes = 0
  /** What has to stand in `Proxy-Authorization`; null where only those it is for can connect. */
  private authorization: string | null = null

  constructor(
    private readonly rules: ConnectionRules,
    private readonly limits: EgressLimits,
    /** Hears, once for each, of hosts that were refused and of limits reached. */
    private readonly say: (message: string) => void,
  ) {
    this.server = createServer((request, response) => {
      void this.forward(request, response).catch((error: unknown) => {
        if (response.headersSent) return void response.destroy()
        const { kind, message } = fetchError(error, request.url ?? '')
        response.writeHead(statusOf(kind), { 'content-type': 'text/plain' }).end(`${message}\n`)
      })
    })
    this.server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      void this.tunnel(request, socket, head).catch((error: unknown) => {
        const { kind, message } = fetchError(error, request.url ?? '')
        socket.on('error', () => {})
        socket.end(
          `HTTP/1.1 ${statusOf(kind)} Refused\r\nContent-Type: text/plain\r\n` +
            `Content-Length: ${Buffer.byteLength(message) + 1}\r\nConnection: close\r\n\r\n${message}\n`,
        )
      })
    })
    this.server.on('connection', (socket) => this.keep(socket))
  }

  /** Begins to listen on a Unix socket. */
  listen(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen(path, resolve)
    })
  }

  /**
   * Begins to listen on a port of this machine, for programs that cannot speak to a Unix socket. Gives
   * the address with a password in it: others on this machine can connect, but do not know that.
   */
  async listenLocally(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen(0, '127.0.0.1', resolve)
    })
    const secret = randomBytes(16).toString('hex')
    this.authorization = `Basic ${Buffer.from(`proxy:${secret}`).toString('base64')}`
    return `http://proxy:${secret}@127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve))
    for (const socket of this.sockets) socket.destroy()
    await closed
  }

  private async tunnel(request: IncomingMessage, inside: Socket, head: Buffer): Promise<void> {
    const target = request.url ?? ''
    this.authorize(request, target)
    const match = /^(\[[0-9a-fA-F:.]+\]|[^:/\s]+):(\d{1,5})$/.exec(target)
    if (match === null) throw new FetchError('refused', target, 'this is not HOST:PORT')
    await this.counted(match[1]!, Number(match[2]), target, async (connection) => {
      const outside = connect(connection)
      this.keep(outside)
      await new Promise<void>((resolve, reject) => {
        outside.once('connect', resolve)
        outside.once('error', reject)
        inside.once('close', () => reject(new Error('the builder has gone')))
      })
      inside.write('HTTP/1.1 200 Connected\r\n\r\n')
      if (head.length > 0) inside.unshift(head)
      // An end of one direction is passed on; an error ends both.
      await Promise.all([
        pipeline(inside, this.counter(target), outside),
        pipeline(outside, this.counter(target), inside),
      ]).catch(() => {
        inside.destroy()
        outside.destroy()
      })
    })
  }

  private async forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = request.url ?? ''
    this.authorize(request, text)
    const url = URL.canParse(text) ? new URL(text) : null
    if (url?.protocol !== 'http:')
      throw new FetchError('refused', text, 'only http and https go through this proxy')
    const port = Number(url.port || 80)
    await this.counted(url.hostname, port, text, async ({ lookup }) => {
      const outgoing = startRequest(url, {
        method: request.method ?? 'GET',
        headers: { ...withoutHopHeaders(request.headers), host: url.host },
        lookup,
        agent: false,
        timeout: this.limits.idleMilliseconds,
      })
      outgoing.on('timeout', () => outgoing.destroy(new Error('nothing came')))
      const answered = new Promise<IncomingMessage>((resolve, reject) => {
        outgoing.once('response', resolve)
        outgoing.once('error', reject)
        response.once('close', () => outgoing.destroy())
      })
      const sent = pipeline(request, this.counter(text), outgoing).catch(() => {})
      const answer = await answered
      response.writeHead(answer.statusCode ?? 502, withoutHopHeaders(answer.headers))
      await pipeline(answer, this.counter(text), response).catch(() => response.destroy())
      await sent
    })
  }

  private authorize({ headers }: IncomingMessage, shown: string): void {
    if (this.authorization !== null && headers['proxy-authorization'] !== this.authorization)
      throw new FetchError('refused', shown, 'this proxy is for somebody else')
  }

  /** Runs something with a connection's addresses, unless that is one too many. */
  private async counted(
    host: string,
    port: number,
    shown: string,
    use: (connection: {
      host: string
      port: number
      lookup: ReturnType<typeof pinnedLookup>
    }) => Promise<void>,
  ): Promise<void> {
    if (this.connections >= this.limits.connections)
      throw this.told(
        new FetchError(
          'refused',
          shown,
          `more than ${this.limits.connections} connections at a time`,
        ),
      )
    this.connections++
    try {
      const name = host.replace(/^\[(.*)\]$/, '$1')
      const addresses = await this.rules.addressesOf(name, port, shown).catch((error: unknown) => {
        throw this.told(fetchError(error, shown))
      })
      await use({ host: name, port, lookup: pinnedLookup(addresses) })
    } finally {
      this.connections--
    }
  }

  private told(error: FetchError): FetchError {
    if (!this.said.has(error.message)) this.say(error.message)
    this.said.add(error.message)
    return error
  }

  /** Passes bytes on as long as there may be more. */
  private counter(shown: string): Transform {
    return new Transform({
      transform: (piece: Buffer, _encoding, done: TransformCallback) => {
        this.bytes += piece.length
        if (this.bytes <= this.limits.bytes) return done(null, piece)
        const reason = `no more than ${this.limits.bytes} bytes may be fetched`
        done(this.told(new FetchError('too-large', shown, reason)))
      },
    })
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket)
    socket.once('close', () => this.sockets.delete(socket))
    socket.on('error', () => {})
    socket.setTimeout(this.limits.idleMilliseconds, () => socket.destroy())
  }
}

function statusOf(kind: FetchError['kind']): number {
  return kind === 'refused' || kind === 'too-large' ? 403 : 502
}

function withoutHopHeaders(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  const named = new Set(
    String(headers.connection ?? '')
      .toLowerCase()
      .split(/\s*,\s*/),
  )
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !hopHeaders.has(name) && !named.has(name)),
  )
}
