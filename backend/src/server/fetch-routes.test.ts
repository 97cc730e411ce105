import { gzipSync } from 'node:zlib'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execFileSync } from 'node:child_process'
import express from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BackendClient } from '@snowglobe/worker/browser/backend-client'
import { Fetcher, type FetcherOptions } from '../fetch/fetcher'
import { SourceCache } from '../sources/source-cache'
import { guardedGit } from '../sources/guarded-git'
import { guardedMercurial } from '../sources/guarded-mercurial'
import { GuardedProgram } from '../sources/guarded-program'
import { SourceFetcher } from '../sources/source-fetcher'
import { startGitServer } from '../testing/git-server'
import { startHttpServer, type TestHttpServer } from '../testing/http-server'
import { commitTime, testGit } from '../testing/test-git'
import { gitRequest, guardedOptions, sourceOptions } from '../testing/test-sources'
import { Authorisation } from './authorisation'
import { fetchRoutes } from './fetch-routes'
import type { HttpError } from './http-error'
import { defaultPublicLimits } from './public-limits'
import { Visitors } from './visitors'

describe('fetching for tabs', () => {
  let directory: string
  let elsewhere: TestHttpServer
  /** Lets the slow one answer. */
  let release = () => {}
  /** What was asked for by somebody who has gone before it came. */
  const abandoned: string[] = []
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
      else if (request.url === '/slow') {
        release = () => response.end('late')
        response.once('close', () => response.writableEnded || abandoned.push('/slow'))
      } else response.writeHead(404).end()
    })
  })

  afterAll(async () => {
    await elsewhere.close()
    for (const server of servers) server.close()
    rmSync(directory, { recursive: true, force: true })
  })

  /** A client of a server that fetches so. */
  const clientOf = async (options: FetcherOptions) =>
    new BackendClient('/nix/store', await serve(options), (url, init) => fetch(url, init))

  async function serve(options: FetcherOptions, tokens: string[] = []): Promise<string> {
    const { enabled = true, connections = {} } = options
    const sources = new SourceFetcher({
      ...sourceOptions,
      fetcher: new Fetcher({ attempts: 1, ...options }),
      git: new GuardedProgram(guardedGit, { ...guardedOptions, enabled, connections }),
      mercurial: new GuardedProgram(guardedMercurial, { ...guardedOptions, enabled, connections }),
      cache: new SourceCache(join(directory, `cache-${servers.length}`), 1e6),
    })
    const app = express()
    const visitors = new Visitors({ ...defaultPublicLimits, visitorFetches: 1 }, 0)
    const metrics = { refused: () => {} }
    const limits = { fetches: 2 }
    const authorisation = new Authorisation(tokens, tokens.length > 0 ? 'tokens' : 'anybody')
    app.use('/api/fetch', fetchRoutes({ sources, limits, visitors, metrics, authorisation }))
    const onError: express.ErrorRequestHandler = (error: HttpError, _request, response, _next) => {
      response.status(error.status ?? 429).json({ error: error.message })
    }
    app.use(onError)
    const server = createServer(app)
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
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

  it('gives revisions of repositories, and what is known of them', async () => {
    const git = (...args: string[]) => testGit(directory, args)
    git('init', '--quiet', '--bare', '--initial-branch=m\u00fcll', 'repository')
    const blob = git('--git-dir=repository', 'hash-object', '-w', 't/top/x')
    git('--git-dir=repository', 'update-index', '--add', '--cacheinfo', `100755,${blob},x`)
    const tree = git('--git-dir=repository', 'write-tree')
    const rev = git('--git-dir=repository', 'commit-tree', '-m', 'one', tree)
    git('--git-dir=repository', 'update-ref', 'refs/heads/m\u00fcll', rev)
    const server = await startGitServer(directory)
    const client = await clientOf(everything)
    const request = { ...gitRequest(`${server.url}repository`), exportIgnore: true }
    const fetched = await client.fetch(request, 60)
    await server.close()
    expect(fetched).toMatchObject({ rev, revCount: 1, ref: 'refs/heads/m\u00c3\u00bcll' })
    expect(fetched.lastModified).toBe(commitTime)
    const contents = new Uint8Array(Buffer.from('x\n'))
    const file = { type: 'regular', executable: true, contents }
    expect(fetched.tree).toEqual({ type: 'directory', entries: new Map([['x', file]]) })
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
    await expect.poll(() => elsewhere.requests.at(-1)).toBe('GET /slow')
    const file = { kind: 'file' as const, url: `${elsewhere.url}file` }
    await expect(client.fetch(file, 60)).rejects.toThrow('limit visitorFetches = 1')
    release()
    await slow
    await expect(client.fetch(file, 60)).resolves.toMatchObject({ tree: { type: 'regular' } })
  })

  it('ends the download of a visitor who has gone, and has room for the next one', async () => {
    const base = await serve(everything)
    const ask = (name: string, init: RequestInit = {}) =>
      fetch(`${base}api/fetch`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ kind: 'file', url: elsewhere.url + name, ttl: 0 }),
        ...init,
      })
    const asked = elsewhere.requests.length
    const gone = new AbortController()
    const slow = ask('slow', { signal: gone.signal })
    await expect.poll(() => elsewhere.requests.slice(asked)).toEqual(['GET /slow'])
    gone.abort()
    await expect(slow).rejects.toThrow()
    await expect.poll(() => abandoned).toEqual(['/slow'])
    await expect.poll(async () => (await ask('file')).status).toBe(200)
  })

  it('is for those who know a token where the operator wants that', async () => {
    const base = await serve(everything, ['0123456789abcdef'])
    const ask = async (headers: Record<string, string>) => {
      const response = await fetch(`${base}api/fetch`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ kind: 'file', url: `${elsewhere.url}file`, ttl: 0 }),
      })
      return response.status
    }
    expect(await ask({})).toBe(401)
    expect(await ask({ authorization: 'Bearer 0123456789abcdef' })).toBe(200)
  })

  it('says of repositories that are reached by SSH why they are not, and what to write', async () => {
    const client = await clientOf(everything)
    const url = 'ssh://git@example.org/a/b'
    const mercurial = { kind: 'mercurial' as const, url, ref: null, rev: null }
    for (const question of [gitRequest(url), mercurial]) {
      await expect(client.fetch(question, 60)).rejects.toThrow(
        /SSH wants a key\..*write 'https:\/\/example\.org\/a\/b'/,
      )
    }
  })

  it('takes no other question', async () => {
    const client = await clientOf(everything)
    const file = { kind: 'file' as const, url: 'https://a/b' }
    const git = gitRequest('https://a/b')
    for (const question of [
      { ...file, kind: 'path' as 'file' },
      { kind: 'mercurial' as const, url: 'https://a/b', ref: '--config=x', rev: null },
      { ...git, ref: '--upload-pack=x' },
      { ...git, rev: 'HEAD' },
    ]) {
      await expect(client.fetch(question, 60)).rejects.toThrow('nothing that can be fetched')
    }
  })
})
