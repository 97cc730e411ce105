import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { IncomingHttpHeaders, RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Fetcher } from '../fetch/fetcher'
import { removeTree } from '../store/remove-tree'
import { startHttpServer, type TestHttpServer } from '../testing/http-server'
import { ChannelLibrary } from './channel-library'

const directory = mkdtempSync(join(tmpdir(), 'snowglobe-followed-'))
afterAll(() => removeTree(directory))

const fetcher = new Fetcher({
  connections: { everything: true },
  attempts: 2,
  retryMilliseconds: 1,
})
afterAll(() => fetcher.close())

/** A tarball of a collection of some version. */
function tarball(version: string): Buffer {
  const tree = join(directory, 'tree', 'nixpkgs')
  mkdirSync(tree, { recursive: true })
  writeFileSync(join(tree, '.version'), version)
  writeFileSync(join(tree, 'default.nix'), '{ }: { }')
  const file = join(directory, 'tree.tar.gz')
  execFileSync('tar', ['-czf', file, '-C', join(directory, 'tree'), 'nixpkgs'])
  return readFileSync(file)
}

let server: TestHttpServer
let url: string
let answer: RequestListener
const asked: IncomingHttpHeaders[] = []

beforeAll(async () => {
  server = await startHttpServer((request, response) => {
    asked.push(request.headers)
    answer(request, response)
  })
  url = `${server.url}nixpkgs.tar.gz`
})
afterAll(() => server.close())

let reports: string[]
let kept: string
let libraries: ChannelLibrary[]
beforeEach(() => {
  reports = []
  libraries = []
  asked.length = 0
  kept = mkdtempSync(join(directory, 'kept-'))
})
afterEach(() => Promise.all(libraries.map((library) => library.close())))

async function follow(name: string | null = null): Promise<ChannelLibrary> {
  const library = new ChannelLibrary(kept, (message) => reports.push(message), fetcher)
  libraries.push(library)
  library.follow({ name, path: url })
  await library.followed
  await library.compressed
  return library
}

const names = (library: ChannelLibrary) => library.channels.map(({ name }) => name)

describe('a channel that is downloaded', () => {
  it('is offered when it is packed', async () => {
    answer = (_, response) => response.end(tarball('20.09'))
    const library = await follow()
    expect(names(library)).toEqual(['nixpkgs-20.09'])
    expect(reports).toEqual([expect.stringMatching(/^channel nixpkgs-20\.09 .*\/nix\/store\//)])
    expect(readdirSync(kept).filter((file) => file.endsWith('.new'))).toEqual([])
  })

  it('is called what the operator calls it', async () => {
    answer = (_, response) => response.end(tarball('20.09'))
    expect(names(await follow('mine'))).toEqual(['mine'])
  })

  it('is not downloaded again while the server says that it is the same', async () => {
    answer = (request, response) => {
      response.setHeader('etag', '"one"')
      if (request.headers['if-none-match'] === '"one"') response.writeHead(304).end()
      else response.end(tarball('20.09'))
    }
    const { channels } = await follow()
    const again = await follow()
    expect(again.channels).toEqual(channels)
    expect(asked.map((headers) => headers['if-none-match'])).toEqual([undefined, '"one"'])
  })

  it('is replaced by what is new', async () => {
    answer = (_, response) => response.setHeader('etag', '"one"').end(tarball('20.09'))
    await follow()
    answer = (_, response) => response.setHeader('etag', '"two"').end(tarball('21.05'))
    expect(names(await follow())).toEqual(['nixpkgs-21.05'])
    expect(readdirSync(kept).filter((file) => file.endsWith('.pack'))).toHaveLength(1)
  })

  it('stays what it was where the server cannot be asked', async () => {
    answer = (_, response) => response.end(tarball('20.09'))
    await follow()
    answer = (_, response) => response.writeHead(404).end()
    reports = []
    expect(names(await follow())).toEqual(['nixpkgs-20.09'])
    expect(reports.join()).toMatch(
      /unable to download .*; what was there the last time is offered$/,
    )
  })

  it('is asked for again where the connection breaks', async () => {
    const bytes = tarball('20.09')
    let asks = 0
    answer = (_, response) => {
      if (++asks > 1) {
        response.end(bytes)
        return
      }
      response.writeHead(200, { 'content-length': String(bytes.length) })
      response.write(bytes.subarray(0, 20), () => response.destroy())
    }
    expect(names(await follow())).toEqual(['nixpkgs-20.09'])
    expect(reports.join()).toContain('it is tried again')
  })

  it('is refused where it is no tarball', async () => {
    answer = (_, response) => response.end('<!doctype html>')
    expect(names(await follow())).toEqual([])
    expect(reports).toHaveLength(1)
    expect(readdirSync(kept)).toEqual([])
  })
})
