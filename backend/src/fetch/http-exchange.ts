/**
 * One request and the head of its answer, over node:http: of Node's clients it is the one that can be
 * told which addresses to connect to, redirects included, without another library.
 */
import * as http from 'node:http'
import * as https from 'node:https'
import { readFileSync } from 'node:fs'
import { createSecureContext, type SecureContext } from 'node:tls'
import { FetchError } from './fetch-error'
import type { ConnectionRules } from './connection-rules'
import type { CredentialsOf } from './netrc'
import { pinnedLookup } from './pinned-lookup'

/** As many as Nix follows. */
const maxRedirects = 10
const redirects = new Set([301, 302, 303, 307, 308])
const maxUrlLength = 8192

export interface ExchangeOptions {
  method?: 'GET' | 'HEAD' | 'POST'
  /** What is sent along, to wherever a redirect leads as well. */
  body?: string | undefined
  /** Lower-case names. What `secrets` names goes to the first server only. */
  headers?: Readonly<Record<string, string>>
  /** How long nothing may come, in milliseconds. */
  stallMilliseconds: number
  signal?: AbortSignal
}

/** An answer; its body must be read or destroyed. */
export interface Exchange {
  /** Where it is from, after all redirects. */
  url: URL
  status: number
  headers: http.IncomingHttpHeaders
  body: http.IncomingMessage
}

/** Keeps connections for more requests to the same server. */
export class HttpClient {
  private readonly plain: http.Agent
  private secureContext: SecureContext | null = null
  private readonly secure: https.Agent

  constructor(
    private readonly rules: ConnectionRules,
    private readonly userAgent: string,
    /** Connections to one server at a time. */
    connections: number,
    /** A file with the certificates of authorities to trust in place of Node's own. */
    private readonly certificates: string | null = null,
    /** What is shown to servers where neither URL nor headers say that. */
    private readonly credentialsOf: CredentialsOf = () => null,
  ) {
    const options = { keepAlive: true, maxSockets: connections, maxFreeSockets: connections }
    this.plain = new http.Agent(options)
    this.secure = new https.Agent(options)
  }

  /** Sends a request and follows redirects. Throws FetchError, not for a status. */
  async exchange(url: string, options: ExchangeOptions): Promise<Exchange> {
    let target = parseHttpUrl(url)
    let { headers = {}, method = 'GET', body } = options
    for (let hop = 0; ; hop++) {
      const answer = await this.exchangeOnce(target, { ...options, headers, method, body })
      const { location } = answer.headers
      if (!redirects.has(answer.status) || location === undefined) return answer
      // Its body is of no interest, but the connection may be used again.
      answer.body.resume()
      if (hop === maxRedirects)
        throw new FetchError('status', url, `more than ${maxRedirects} redirects`, answer.status)
      const next = URL.canParse(location, target.href) ? new URL(location, target.href) : null
      if (next === null) throw new FetchError('refused', url, `it redirects to '${location}'`)
      if (next.hash === '') next.hash = target.hash
      if (next.origin !== target.origin) headers = withoutSecrets(headers)
      // See Other: the answer to what was sent is there, to be asked for.
      if (answer.status === 303 && method === 'POST') {
        method = 'GET'
        body = undefined
      }
      target = parseHttpUrl(next.href)
    }
  }

  /** Ends the connections that nobody uses. */
  close(): void {
    this.plain.destroy()
    this.secure.destroy()
  }

  /** Whom encrypted connections trust. Throws FetchError where the file cannot be read. */
  private trust(): { secureContext?: SecureContext } {
    if (this.certificates === null) return {}
    this.secureContext ??= createSecureContext({ ca: readFileSync(this.certificates) })
    return { secureContext: this.secureContext }
  }

  private authorizationFor({ hostname, username }: URL): Record<string, string> {
    const found = username === '' ? this.credentialsOf(hostname) : null
    if (found === null) return {}
    const pair = Buffer.from(`${found.login}:${found.password}`).toString('base64')
    return { authorization: `Basic ${pair}` }
  }

  private async exchangeOnce(target: URL, options: ExchangeOptions): Promise<Exchange> {
    options.signal?.throwIfAborted()
    const secure = target.protocol === 'https:'
    const port = target.port === '' ? (secure ? 443 : 80) : Number(target.port)
    const shown = withoutPassword(target)
    const addresses = await this.rules.addressesOf(target.hostname, port, shown)
    return new Promise((resolve, reject) => {
      const request = (secure ? https : http).request(target, {
        agent: secure ? this.secure : this.plain,
        method: options.method ?? 'GET',
        headers: {
          'user-agent': this.userAgent,
          accept: '*/*',
          'accept-encoding': 'identity',
          ...this.authorizationFor(target),
          ...options.headers,
        },
        lookup: pinnedLookup(addresses),
        ...(secure ? this.trust() : {}),
        timeout: options.stallMilliseconds,
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      })
      const stalled = () =>
        new FetchError(
          'timeout',
          shown,
          `nothing came for ${options.stallMilliseconds / 1000} seconds`,
        )
      let answer: http.IncomingMessage | null = null
      // The reader of a body hears of it only so.
      request.on('timeout', () => (answer ?? request).destroy(stalled()))
      request.on('error', (error: NodeJS.ErrnoException) => {
        // The server has ended an idle connection just when it was used again.
        const neverAsked = request.reusedSocket && answer === null && error.code === 'ECONNRESET'
        if (neverAsked) resolve(this.exchangeOnce(target, options))
        else reject(fetchError(error, shown))
      })
      request.on('response', (body) => {
        answer = body
        resolve({ url: target, status: body.statusCode ?? 0, headers: body.headers, body })
      })
      request.end(options.body)
    })
  }
}

/** Throws FetchError for what is no URL of HTTP. */
function parseHttpUrl(text: string): URL {
  if (text.length > maxUrlLength)
    throw new FetchError('refused', `${text.slice(0, 100)}…`, 'this URL is too long')
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null) throw new FetchError('refused', text, 'this is not a URL')
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new FetchError('refused', text, `'${url.protocol}' URLs are not fetched`)
  return url
}

/** A URL to be shown to people. */
function withoutPassword(url: URL): string {
  if (url.password === '' && url.username === '') return url.href
  const shown = new URL(url)
  shown.username = shown.password = ''
  return shown.href
}

const secrets = new Set(['authorization', 'private-token', 'job-token'])

function withoutSecrets(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !secrets.has(name)))
}

/** What Node says of a connection that failed, in words. */
export function fetchError(error: unknown, url: string): FetchError {
  if (error instanceof FetchError) return error
  const { name, code, message } = error as NodeJS.ErrnoException
  if (name === 'AbortError' || code === 'ABORT_ERR')
    return new FetchError('cancelled', url, 'the download was stopped')
  if (name === 'TimeoutError') return new FetchError('timeout', url, 'it took too long')
  if (code !== undefined && /CERT|SIGNATURE|ALTNAME|SELF_SIGNED/.test(code))
    return new FetchError('certificate', url, `its certificate is not trusted (${message})`)
  const reasons: Record<string, string> = {
    ECONNREFUSED: 'nobody listens there',
    ECONNRESET: 'the connection broke',
    ETIMEDOUT: 'nobody answers there',
    EHOSTUNREACH: 'there is no way to that host',
    ENETUNREACH: 'there is no way to that network',
  }
  return new FetchError('network', url, reasons[code ?? ''] ?? message ?? String(error))
}
