import { mkdirSync, mkdtempSync, utimesSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import * as v from 'valibot'
import { healthSchema } from '@snowglobe/shared/messages'
import { parsePublicKey } from '@snowglobe/shared/signature'
import { removeTree } from '../store/remove-tree'
import { startServer, type TestServer } from '../testing/test-server'

const page = mkdtempSync(join(tmpdir(), 'snowglobe-page-'))
mkdirSync(join(page, 'assets'))
const index =
  '<!doctype html><meta http-equiv="Content-Security-Policy"\n' +
  ` content="default-src 'none'; script-src 'self' 'sha256-AAAA'" />`
writeFileSync(join(page, 'index.html'), index)
writeFileSync(join(page, '404.html'), 'There is nothing here.')
writeFileSync(join(page, 'assets/main-a1b2c3d4.js'), 'main')
writeFileSync(join(page, 'assets/main-a1b2c3d4.js.gz'), gzipSync('main'))
writeFileSync(join(page, 'assets/evaluator-worker-a1b2c3d4.js'), 'worker')

describe('the server', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer({ pageDirectory: page, allowedHosts: ['snowglobe.example'] })
  })
  afterAll(async () => {
    await server.close()
    await removeTree(page)
  })

  /** A request with any headers: fetch would not let Host and Origin be set. */
  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    new Promise<{ status: number; headers: Record<string, unknown>; body: string }>(
      (resolve, reject) => {
        const sent = request(new URL(path, server.url), { method, headers }, (response) => {
          let body = ''
          response.on('data', (bytes: Buffer) => (body += bytes.toString('latin1')))
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
          )
        })
        sent.on('error', reject)
        sent.end()
      },
    )
  const ownHost = () => new URL(server.url).host

  it('tells how it is', async () => {
    const { body } = await ask('/api/health')
    const health = v.parse(healthSchema, JSON.parse(body))
    expect(health.version).toBe('test')
    expect(parsePublicKey(health.publicKey).bytes).toHaveLength(32)
    expect(health.limits).toMatchObject({ wallClockSeconds: 600, processes: 256 })
  })

  describe('answers to its own names only', () => {
    it.each(['evil.example', '127.0.0.1.evil.example:80', ' '])('not to "%s"', async (host) => {
      const { status, body } = await ask('/', { host })
      expect(status).toBe(421)
      expect(body).toContain('SNOWGLOBE_ALLOWED_HOSTS')
    })

    it.each(['localhost', 'LOCALHOST:1234', '127.0.0.1', '[::1]:80', 'snowglobe.example'])(
      'but to "%s"',
      async (host) => {
        expect((await ask('/', { host })).status).toBe(200)
      },
    )
  })

  describe('is changed by its own pages only', () => {
    const post = (headers: Record<string, string>) =>
      ask('/api/store/missing', { host: ownHost(), ...headers }, 'POST')

    it.each(['http://evil.example', 'null', 'http://127.0.0.1', 'file://'])(
      'not by those of "%s"',
      async (origin) => {
        const { status, body } = await post({ origin })
        expect(status).toBe(403)
        expect(body).toContain('not allowed')
      },
    )

    it('but by its own, and by programs', async () => {
      expect((await post({ origin: `http://${ownHost()}` })).status).toBe(400)
      expect((await post({ origin: `https://${ownHost()}` })).status).toBe(400)
      expect((await post({})).status).toBe(400)
    })

    const connect = (headers: Record<string, string>, path = '/api/builds') =>
      new Promise<number>((resolve) => {
        const url = new URL(path, server.url.replace(/^http/, 'ws'))
        const socket = new WebSocket(url, { headers })
        socket.on('open', () => {
          socket.close()
          resolve(101)
        })
        socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
        socket.on('error', () => {})
      })

    it('likewise over WebSockets', async () => {
      expect(await connect({})).toBe(101)
      expect(await connect({ origin: `http://${ownHost()}` })).toBe(101)
      expect(await connect({ origin: 'http://evil.example' })).toBe(403)
      expect(await connect({ origin: 'null' })).toBe(403)
      expect(await connect({ host: 'evil.example' })).toBe(421)
      expect(await connect({}, '/api/other')).toBe(404)
    })
  })

  it('says what is wrong with a message', async () => {
    const socket = new WebSocket(new URL('/api/builds', server.url.replace(/^http/, 'ws')))
    const answers: unknown[] = []
    const answer = () =>
      new Promise((resolve) =>
        socket.once('message', (data) => resolve(answers.push(JSON.parse(String(data))))),
      )
    await new Promise((resolve) => socket.once('open', resolve))
    for (const message of ['{', '{"type":"destroy"}', Buffer.from([1, 2])]) {
      socket.send(message)
      await answer()
    }
    const path = `/nix/store/${'0'.repeat(32)}-absent.drv`
    socket.send(JSON.stringify({ type: 'build', id: 'x', derivations: [{ path, outputs: [] }] }))
    await answer()
    socket.close()
    expect(answers.slice(0, 3)).toEqual(
      [1, 2, 3].map(() => ({ type: 'error', id: null, message: expect.any(String) })),
    )
    expect(answers[3]).toMatchObject({
      type: 'failed',
      id: 'x',
      failure: {
        kind: 'refused',
        message: `the derivation '${path}' is not in this store; send it first`,
      },
    })
  })

  describe('gives the page', () => {
    it('with the policy that the page names itself, and in no foreign frame', async () => {
      const { headers, body } = await ask('/')
      expect(body).toBe(index)
      expect(headers['content-security-policy']).toBe(
        "default-src 'none'; script-src 'self' 'sha256-AAAA'; frame-ancestors 'self'",
      )
      expect(headers['cache-control']).toBe('no-cache')
      expect(headers['x-content-type-options']).toBe('nosniff')
    })

    it('with WebAssembly in workers only', async () => {
      const policyOf = async (path: string) =>
        String((await ask(path)).headers['content-security-policy'])
      expect(await policyOf('/assets/evaluator-worker-a1b2c3d4.js')).toContain(
        "script-src 'self' 'wasm-unsafe-eval'",
      )
      expect(await policyOf('/assets/main-a1b2c3d4.js')).not.toContain('unsafe-eval')
    })

    it('compressed where it was compressed before, and to be kept', async () => {
      const path = '/assets/main-a1b2c3d4.js'
      const plain = await ask(path)
      expect(plain.body).toBe('main')
      expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable')
      expect(plain.headers['vary']).toContain('Accept-Encoding')
      const packed = await ask(path, { 'accept-encoding': 'br, gzip' })
      expect(packed.headers['content-encoding']).toBe('gzip')
      expect(packed.body).toBe(gzipSync('main').toString('latin1'))
      const etag = String(plain.headers['etag'])
      expect((await ask(path, { 'if-none-match': etag })).status).toBe(304)
    })

    it('as it was built last, also while the server runs', async () => {
      writeFileSync(join(page, 'assets/later-e5f6a7b8.js'), 'later')
      expect((await ask('/assets/later-e5f6a7b8.js')).status).toBe(404)
      utimesSync(join(page, 'index.html'), 1, 1)
      await ask('/')
      expect((await ask('/assets/later-e5f6a7b8.js')).body).toBe('later')
    })

    it('that says so to people whose link leads nowhere', async () => {
      const accept = 'text/html,application/xhtml+xml,*/*;q=0.8'
      const { status, headers, body } = await ask('/nothing', { accept })
      expect(status).toBe(404)
      expect(headers['content-type']).toContain('text/html')
      expect(headers['cache-control']).toBeUndefined()
      expect(body).toBe('There is nothing here.')
      expect((await ask('/api/nothing', { accept })).headers['content-type']).toContain('json')
    })

    it.each(['/nothing', '/../server.test.ts', '/%2e%2e/secret', '/assets', '/assets/%00'])(
      'and nothing else (%s)',
      async (path) => {
        const { status, body } = await ask(path)
        expect(status).toBeGreaterThanOrEqual(400)
        expect(status).toBeLessThan(500)
        expect(JSON.parse(body)).toEqual({ error: expect.any(String) })
      },
    )
  })

  it('does not share its data directory with another', async () => {
    await expect(startServer({ dataDirectory: server.dataDirectory })).rejects.toThrow(
      'another Snowglobe uses',
    )
  })
})
