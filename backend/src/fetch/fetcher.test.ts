import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { brotliCompressSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { removeTree } from '../store/remove-tree'
import { startHttpServer, type TestHttpServer } from '../testing/http-server'
import { Fetcher, type FetcherOptions } from './fetcher'

const content = Buffer.from('0123456789'.repeat(10_000))
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

let directory: string
let file: string
let server: TestHttpServer | null = null
const fetchers: Fetcher[] = []

function fetcher(options: FetcherOptions = {}): Fetcher {
  const fetcher = new Fetcher({
    connections: { allowed: ['127.0.0.1'] },
    retryMilliseconds: 1,
    ...options,
  })
  fetchers.push(fetcher)
  return fetcher
}

/** Starts a server and gives its address. */
async function serve(listener: RequestListener): Promise<string> {
  server = await startHttpServer(listener)
  return server.url
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'snowglobe-fetch-'))
  file = join(directory, 'file')
})
afterEach(async () => {
  for (const one of fetchers.splice(0)) one.close()
  await server?.close()
  server = null
  await removeTree(directory)
})

describe('fetching', () => {
  it('writes into a file, hashes on the way, and tells of the progress', async () => {
    const url = await serve((_request, response) => {
      response.setHeader('etag', '"one"')
      response.setHeader('link', '</immutable/1>; rel="immutable"')
      response.setHeader('content-length', content.length)
      response.end(content)
    })
    const progress: [number, number | null][] = []
    const download = await fetcher().download(`${url}x`, file, {
      hashes: ['sha256', 'md5'],
      progress: (...where) => progress.push(where),
    })
    expect(readFileSync(file).equals(content)).toBe(true)
    expect(Buffer.from(download.hashes.get('sha256')!).toString('hex')).toBe(sha256(content))
    expect(download).toMatchObject({ url: `${url}x`, status: 200, size: content.length })
    expect(download).toMatchObject({ etag: '"one"', immutableUrl: `${url}immutable/1` })
    expect(progress.at(-1)).toEqual([content.length, content.length])
  })

  it('goes on where it broke off', async () => {
    const ranges = new Set<string>()
    const url = await serve((request, response) => {
      ranges.add(`${request.headers.range} ${request.headers['if-range']}`)
      response.setHeader('etag', '"one"')
      const start = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0)
      if (start > 0) {
        response.statusCode = 206
        response.setHeader('content-range', `bytes ${start}-99999/100000`)
      }
      response.setHeader('content-length', content.length - start)
      const rest = content.subarray(start)
      if (rest.length <= 35_000) response.end(rest)
      else response.write(rest.subarray(0, 35_000), () => response.socket?.end())
    })
    const download = await fetcher({ attempts: 20 }).download(url, file, { hashes: ['sha256'] })
    expect(readFileSync(file).equals(content)).toBe(true)
    expect(Buffer.from(download.hashes.get('sha256')!).toString('hex')).toBe(sha256(content))
    // How much of each part was read before the connection broke is not ours to say.
    const [first, ...others] = ranges
    expect(first).toBe('undefined undefined')
    expect(others.length).toBeGreaterThan(0)
    for (const range of others) expect(range).toMatch(/^bytes=[1-9]\d*- "one"$/)
  })

  it('begins again where what it had has changed meanwhile', async () => {
    const other = Buffer.alloc(50_000, 'x')
    const url = await serve((request, response) => {
      if (request.headers.range !== undefined) {
        response.setHeader('etag', '"two"')
        response.end(other)
        return
      }
      response.setHeader('etag', '"one"')
      response.setHeader('content-length', content.length)
      response.write(content.subarray(0, 60_000), () => response.socket?.end())
    })
    const download = await fetcher().download(url, file, { hashes: ['sha256'] })
    expect(readFileSync(file).equals(other)).toBe(true)
    expect(Buffer.from(download.hashes.get('sha256')!).toString('hex')).toBe(sha256(other))
  })

  it('tries again what may be better later, and says so', async () => {
    let asked = 0
    const url = await serve((_request, response) => {
      response.statusCode = ++asked < 3 ? 503 : 200
      response.end('text')
    })
    const heard: string[] = []
    const answer = await fetcher().bytes(url, {
      maxBytes: 10,
      retrying: ({ message }) => heard.push(message),
    })
    expect(answer.bytes.toString()).toBe('text')
    const message = `unable to download '${url}': HTTP error 503\n\nresponse body:\n\ntext`
    expect(heard).toEqual([message, message])
  })

  it('asks anew where the server has ended a connection that was kept', async () => {
    const used = new Set<unknown>()
    const url = await serve(({ socket }, response) => {
      if (used.has(socket)) return void socket.destroy()
      used.add(socket)
      response.end('text')
    })
    const once = fetcher({ attempts: 1 })
    for (let i = 0; i < 3; i++) {
      const answer = await once.bytes(url, { maxBytes: 10 })
      expect(answer.bytes.toString()).toBe('text')
      await setImmediate()
    }
    expect(used.size).toBe(3)
    expect(server!.requests).toHaveLength(5)
  })

  it.each([404, 403, 400, 501])('asks only once for what gives %i', async (status) => {
    const url = await serve((_request, response) => {
      response.statusCode = status
      response.end('no\x1b[2J')
    })
    await expect(fetcher().download(url, file)).rejects.toMatchObject({
      kind: status === 404 ? 'not-found' : 'status',
      status,
      message: `unable to download '${url}': HTTP error ${status}\n\nresponse body:\n\nno[2J`,
    })
    expect(server!.requests).toHaveLength(1)
    expect(readdirSync(directory)).toEqual([])
  })

  it('gives up in the end', async () => {
    const url = await serve((_request, response) => response.destroy())
    await expect(fetcher({ attempts: 3 }).download(url, file)).rejects.toMatchObject({
      kind: 'network',
    })
    expect(server!.requests).toHaveLength(3)
  })

  it.each([
    ['says so', (size: number) => ({ 'content-length': String(size) })],
    ['does not say so', () => ({})],
  ])('takes no more than is allowed where the server %s', async (_name, headers) => {
    const url = await serve((_request, response) => {
      response.writeHead(200, headers(content.length))
      response.end(content)
    })
    const tooLarge = { kind: 'too-large' }
    await expect(fetcher().download(url, file, { maxBytes: 99_999 })).rejects.toMatchObject(
      tooLarge,
    )
    await expect(fetcher().bytes(url, { maxBytes: 99_999 })).rejects.toMatchObject(tooLarge)
    expect((await fetcher().bytes(url, { maxBytes: 100_000 })).size).toBe(100_000)
  })

  it('waits only so long for a server that hangs, before its answer and within it', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/within') response.write('beginning')
    })
    const impatient = fetcher({ stallMilliseconds: 50, attempts: 1 })
    await expect(impatient.download(`${url}before`, file)).rejects.toMatchObject({
      kind: 'timeout',
    })
    await expect(impatient.download(`${url}within`, file)).rejects.toMatchObject({
      kind: 'timeout',
    })
  })

  it('ends after the time it was given, and when it is stopped', async () => {
    const url = await serve((_request, response) => {
      response.write('x')
    })
    await expect(fetcher().download(url, file, { timeout: 50 })).rejects.toMatchObject({
      kind: 'timeout',
    })
    const drip = await startHttpServer((_request, response) => {
      const timer = setInterval(() => response.write('x'), 5)
      response.on('close', () => clearInterval(timer))
    })
    const usual = fetcher({ timeoutMilliseconds: 100 }).download(drip.url, file)
    await expect(usual).rejects.toMatchObject({ kind: 'timeout' })
    await drip.close()
    const stop = new AbortController()
    const stopped = fetcher().download(url, file, {
      signal: stop.signal,
      progress: () => stop.abort(),
    })
    await expect(stopped).rejects.toMatchObject({ kind: 'cancelled' })
  })

  it('undoes what the server compressed for the way', async () => {
    const url = await serve((_request, response) => {
      response.setHeader('content-encoding', 'br')
      response.end(brotliCompressSync(content))
    })
    await fetcher().download(url, file)
    expect(readFileSync(file).equals(content)).toBe(true)
  })

  it('tells that nothing is new', async () => {
    const url = await serve((request, response) => {
      response.statusCode = request.headers['if-none-match'] === '"one"' ? 304 : 200
      response.end()
    })
    const headers = { 'if-none-match': '"one"' }
    expect((await fetcher().download(url, file, { headers })).status).toBe(304)
  })

  it('follows redirects, and gives the password to the first server only', async () => {
    const heard: unknown[] = []
    const other = await startHttpServer((request, response) => {
      heard.push(request.headers.authorization, request.headers['private-token'])
      response.end('there')
    })
    try {
      const url = await serve((request, response) => {
        heard.push(request.headers.authorization)
        response.writeHead(302, { location: request.url === '/1' ? '/2' : other.url }).end()
      })
      const answer = await fetcher().bytes(`${url}1`, {
        maxBytes: 100,
        headers: { authorization: 'Bearer secret', 'private-token': 'secret' },
      })
      expect(answer).toMatchObject({ url: other.url, bytes: Buffer.from('there') })
      expect(heard).toEqual(['Bearer secret', 'Bearer secret', undefined, undefined])
    } finally {
      await other.close()
    }
  })

  it('shows a server the name and password that a file has for it', async () => {
    const heard: unknown[] = []
    const url = await serve((request, response) => {
      heard.push(request.headers.authorization)
      response.end('x')
    })
    const netrc = join(directory, 'netrc')
    writeFileSync(netrc, 'machine 127.0.0.1 login me password secret')
    const ask = (address: string, headers: Record<string, string> = {}) =>
      fetcher({ netrc }).bytes(address, { maxBytes: 100, headers })
    await ask(url)
    await ask(url, { authorization: 'Bearer token' })
    await ask(url.replace('//', '//you:other@'))
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
    expect(heard).toEqual([basic('me:secret'), 'Bearer token', basic('you:other')])
  })

  it('posts a question, again where it is sent on or was not answered', async () => {
    const heard: string[] = []
    const url = await serve((request, response) => {
      const pieces: Buffer[] = []
      request.on('data', (piece: Buffer) => pieces.push(piece))
      request.on('end', () => {
        heard.push(`${request.method} ${request.url} ${Buffer.concat(pieces).toString()}`)
        const next = ['/busy', '/moved', '/other', '/answer'][heard.length - 1]
        if (next === undefined) response.end('said')
        else if (next === '/busy') response.writeHead(503).end()
        else response.writeHead(next === '/answer' ? 303 : 307, { location: next }).end()
      })
    })
    const answer = await fetcher().bytes(`${url}ask`, { maxBytes: 100, body: 'what?' })
    expect(answer.bytes.toString()).toBe('said')
    expect(heard).toEqual([
      'POST /ask what?',
      'POST /ask what?',
      'POST /moved what?',
      'POST /other what?',
      'GET /answer ',
    ])
  })

  it('follows no endless redirects, and none to what is no web server', async () => {
    const url = await serve((request, response) => {
      const location = request.url === '/loop' ? '/loop' : 'file:///etc/passwd'
      response.writeHead(302, { location }).end()
    })
    const options = { maxBytes: 100 }
    await expect(fetcher().bytes(`${url}loop`, options)).rejects.toThrow('more than 10 redirects')
    await expect(fetcher().bytes(`${url}file`, options)).rejects.toThrow("'file:' URLs are not")
  })

  it('reads files for the operator only', async () => {
    writeFileSync(file, 'local')
    const url = pathToFileURL(file).href
    const answer = await fetcher({ files: true }).bytes(url, { maxBytes: 100 })
    expect(answer.bytes.toString()).toBe('local')
    await expect(fetcher().bytes(url, { maxBytes: 100 })).rejects.toMatchObject({ kind: 'refused' })
    const missing = fetcher({ files: true }).bytes(`${url}-not`, { maxBytes: 100 })
    await expect(missing).rejects.toMatchObject({ kind: 'not-found' })
  })

  it('trusts the certificates of the file that is named, and no others', async () => {
    const [key, certificate] = [join(directory, 'key'), join(directory, 'certificate')]
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
    const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
    const files = ['-keyout', key, '-out', certificate]
    execFileSync('openssl', ['req', ...kind, ...subject, ...files], { stdio: 'pipe' })
    const options = { key: readFileSync(key), cert: readFileSync(certificate) }
    const secure = createSecureServer(options, (_request, response) => response.end('secret'))
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve))
    try {
      const url = `https://localhost:${(secure.address() as AddressInfo).port}/`
      const connections = { allowed: ['localhost'] }
      const trusting = fetcher({ connections, certificates: certificate })
      expect((await trusting.bytes(url, { maxBytes: 100 })).bytes.toString()).toBe('secret')
      const usual = fetcher({ connections }).bytes(url, { maxBytes: 100 })
      await expect(usual).rejects.toMatchObject({ kind: 'certificate' })
    } finally {
      secure.closeAllConnections()
      secure.close()
    }
  })

  it('can be switched off', async () => {
    const url = await serve((_request, response) => response.end())
    await expect(fetcher({ enabled: false }).download(url, file)).rejects.toMatchObject({
      kind: 'off',
    })
    expect(server!.requests).toEqual([])
  })
})

describe('what may be connected to', () => {
  const open = (options: FetcherOptions = {}) => fetcher({ connections: {}, ...options })
  const ownAddress = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address

  it.each([
    ...['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '0.0.0.0', '0x7f.1', '2130706433'],
    ...(ownAddress === undefined ? [] : [ownAddress]),
  ])('is not this machine as %s', async (host) => {
    await serve((_request, response) => response.end('secret'))
    const url = `http://${host}:${server!.port}/`
    await expect(open().bytes(url, { maxBytes: 100 })).rejects.toMatchObject({ kind: 'refused' })
    expect(server!.requests).toEqual([])
  })

  it('is not this machine by a redirect', async () => {
    const secret = await startHttpServer((_request, response) => response.end('secret'))
    try {
      const url = await serve((_request, response) => {
        response.writeHead(302, { location: secret.url }).end()
      })
      const allowed = [`127.0.0.1:${server!.port}`]
      const asked = open({ connections: { allowed } }).bytes(url, { maxBytes: 100 })
      await expect(asked).rejects.toMatchObject({ kind: 'refused' })
      expect(secret.requests).toEqual([])
    } finally {
      await secret.close()
    }
  })

  it('is the very address that was checked, whatever the name means a moment later', async () => {
    await serve((_request, response) => response.end('hello'))
    const answers = ['127.0.0.1', '10.0.0.1']
    const resolve = async () => [{ address: answers.shift()!, family: 4 }]
    const connections = { allowed: ['127.0.0.1'], resolve }
    const url = `http://rebinding.example:${server!.port}/`
    const answer = await open({ connections }).bytes(url, { maxBytes: 100 })
    expect(answer.bytes.toString()).toBe('hello')
    expect(answers).toEqual(['10.0.0.1'])
  })

  it('is only what is open, of a name with several addresses', async () => {
    await serve((_request, response) => response.end('hello'))
    const resolve = async () => [
      { address: '10.0.0.1', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ]
    const connections = { allowed: ['127.0.0.0/8'], resolve }
    const url = `http://several.example:${server!.port}/`
    expect((await open({ connections }).bytes(url, { maxBytes: 100 })).size).toBe(5)
  })

  it('is no port that web servers do not use', async () => {
    const resolve = async () => [{ address: '1.1.1.1', family: 4 }]
    const asked = open({ connections: { resolve } }).bytes('http://mail.example:25/', {
      maxBytes: 100,
    })
    await expect(asked).rejects.toThrow('port 25 is none that web servers use')
  })

  it('is said by the operator in words that make sense', () => {
    expect(() => open({ connections: { allowed: ['10.0.0.0/40'] } })).toThrow(
      "'10.0.0.0/40' is neither a host, an address, nor a network",
    )
  })
})
