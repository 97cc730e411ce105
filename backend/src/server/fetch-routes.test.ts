import { gzipSync } from 'node:zlib'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execFileSync } from 'node:child_process'
import express from 'express'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { BackendClient } from '@snowglobe/worker/browser/backend-client'
import { Fetcher, type FetcherOptions } from '../fetch/fetcher'
import { SourceCache } from '../sources/source-cache'
import { SourceFetcher } from '../sources/source-fetcher'
import { startHttpServer, type TestHttpServer } from '../testing/http-server'
import { fetchRoutes } from './fetch-routes'
import type { HttpError } from './http-error'
import { defaultPublicLimits } from './public-limits'
import { Visitors } from './visitors'

describe('fetching for tabs', () => {
  let directory: string
  let elsewhere: TestHttpServer
  /** Lets the slow one answer. */
  let release = () => {}
  const servers: Server[] = []

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'snowglobe-fetch-'))
    execFileSync('sh', ['-c', 'mkdir -p t/top && echo x > t/top/x && tar cf t.tar -C t top'], {
      cwd: directory,
    })
    const archive = gzipSync(execFileSync('cat', [join(directory, 't.tar')]))
    elsewhere = await startHttpServer((request, response) => {
      if (request.url === '/t.tar.gz') {
        response.setHeader('link', `<${elsewhere.url}fixed.tar.gz>; rel="immutable"`)
        response.end(archive)
      } else if (request.url === '/file') response.end('contents')
      else if (request.url === '/slow') release = () => response.end('late')
      else response.writeHead(404).end()
    })
  })

  afterAll(async () => {
    await elsewhere.close()
    for (const server of servers) server.close()
    rmSync(directory, { recursive: true, force: true })
  })

  /** A client of a server that fetches so. */
  async function clientOf(options: FetcherOptions): Promise<BackendClient> {
    const sources = new SourceFetcher({
      fetcher: new Fetcher({ attempts: 1, ...options }),
      cache: new SourceCache(join(directory, `cache-${servers.length}`), 1e6),
      local: false,
      maxBytes: 1e6,
      maxUnpackedBytes: 1e6,
      allowDirty: false,
      warnDirty: false,
      warn: () => {},
    })
    const app = express()
    const visitors = new Visitors({ ...defaultPublicLimits, visitorFetches: 1 }, 0)
    const metrics = { refused: () => {} }
    app.use('/api/fetch', fetchRoutes({ sources, limits: { fetches: 2 }, visitors, metrics }))
    const onError: express.ErrorRequestHandler = (error: HttpError, _request, response, _next) => {
      response.status(error.status ?? 429).json({ error: error.message })
    }
    app.use(onError)
    const server = createServer(app)
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    return new BackendClient('/nix/store', base, (url, init) => fetch(url, init))
  }

  const everything = { connections: { everything: true } }

  it('gives files and what is in archives', async () => {
    const client = await clientOf(everything)
    const text = await client.fetch({ kind: 'file', url: `${elsewhere.url}file` }, 60)
    expect(text.tree).toMatchObject({
      type: 'regular',
      contents: new Uint8Array(Buffer.from('contents')),
    })
    const archive = await client.fetch({ kind: 'tarball', url: `${elsewhere.url}t.tar.gz` }, 60)
    expect(archive.immutableUrl).toBe(`${elsewhere.url}fixed.tar.gz`)
    expect(archive.lastModified).toBeGreaterThan(1_500_000_000)
    expect(archive.tree).toMatchObject({ type: 'directory' })
  })

  it('tells what is not there', async () => {
    const client = await clientOf(everything)
    const url = `${elsewhere.url}none`
    await expect(client.fetch({ kind: 'file', url }, 60)).rejects.toThrow(/none/)
    const file = client.fetch({ kind: 'tarball', url: `${elsewhere.url}file` }, 60)
    await expect(file).rejects.toThrow(/cannot unpack/)
  })

  it('connects to nothing that visitors may not reach, and to nothing if that is switched off', async () => {
    const usual = await clientOf({})
    const asked = elsewhere.requests.length
    const url = `${elsewhere.url}file`
    await expect(usual.fetch({ kind: 'file', url }, 60)).rejects.toThrow()
    await expect(usual.fetch({ kind: 'file', url: 'file:///etc/passwd' }, 60)).rejects.toThrow()
    const off = await clientOf({ ...everything, enabled: false })
    await expect(off.fetch({ kind: 'file', url }, 60)).rejects.toThrow(/switched off/)
    expect(elsewhere.requests.length).toBe(asked)
  })

  it('fetches one thing at a time for a visitor who may have so many, and the next one then', async () => {
    const client = await clientOf(everything)
    const slow = client.fetch({ kind: 'file', url: `${elsewhere.url}slow` }, 60)
    await vi.waitFor(() => expect(elsewhere.requests.at(-1)).toBe('GET /slow'))
    const file = { kind: 'file' as const, url: `${elsewhere.url}file` }
    await expect(client.fetch(file, 60)).rejects.toThrow('limit visitorFetches = 1')
    release()
    await slow
    await expect(client.fetch(file, 60)).resolves.toMatchObject({ tree: { type: 'regular' } })
  })

  it('takes no other question', async () => {
    const client = await clientOf(everything)
    const git = { kind: 'git' as 'file', url: 'https://a/b' }
    await expect(client.fetch(git, 60)).rejects.toThrow('nothing that can be fetched')
  })
})
