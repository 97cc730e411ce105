import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  mkdirSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Derivation } from '@snowglobe/shared/derivation'
import { writeNar } from '@snowglobe/shared/nar'
import { inspectPath } from '../store/dump-path'
import { removeTree } from '../store/remove-tree'
import { startHttpServer, type TestHttpServer } from '../testing/http-server'
import { FetchError } from './fetch-error'
import { Fetcher } from './fetcher'
import { UrlFetcher } from './fetch-fixed-output'
import { Mirrors } from './mirrors'

let directory: string
let target: string
let server: TestHttpServer
let files: Map<string, Uint8Array>
let messages: string[]
const fetchers: Fetcher[] = []

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'snowglobe-fixed-'))
  target = join(directory, 'target')
  files = new Map()
  messages = []
  server = await startHttpServer((request, response) => {
    const file = files.get((request.url ?? '').slice(1))
    if (file === undefined) response.writeHead(404).end()
    else response.end(file)
  })
})
afterEach(async () => {
  for (const fetcher of fetchers.splice(0)) fetcher.close()
  await server.close()
  await removeTree(directory)
})

const transfer = () => ({
  signal: new AbortController().signal,
  onMessage: (text: string) => messages.push(text),
})
const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex')

function fetcherOf(allowed: string[], mirrors = new Mirrors(), hashedMirrors: string[] = []) {
  const fetcher = new Fetcher({ connections: { allowed }, attempts: 1 })
  const mirrorFetcher = new Fetcher({
    connections: { allowed: [...mirrors.trustedHosts, `127.0.0.1:${server.port}`] },
    attempts: 1,
  })
  fetchers.push(fetcher, mirrorFetcher)
  return new UrlFetcher({ fetcher, mirrorFetcher, mirrors, hashedMirrors, maxBytes: 2 ** 20 })
}

function derivation(
  environment: Record<string, string>,
  hash: string,
  options: { builder?: string; hashAlgorithm?: string } = {},
): Derivation {
  return {
    name: 'file',
    outputs: new Map([
      ['out', { path: '/nix/store/x', hashAlgorithm: options.hashAlgorithm ?? 'sha256', hash }],
    ]),
    inputDerivations: new Map(),
    inputSources: new Set(),
    system: 'x86_64-linux',
    builder: options.builder ?? '/bin/sh',
    args: [],
    environment: new Map(Object.entries(environment)),
  }
}

describe('a fixed output', () => {
  const text = Buffer.from('text')
  const hash = sha256(text)

  it.each(['url', 'urls'])('is what the %s gives', async (name) => {
    files.set('file', text)
    const wanted = derivation({ [name]: `${server.url}nothing ${server.url}file` }, hash)
    if (name === 'url') wanted.environment.set('url', `${server.url}file`)
    expect(await fetcherOf(['127.0.0.1']).fetch(wanted, target, transfer())).toBe(true)
    expect(readFileSync(target, 'utf8')).toBe('text')
    expect(readdirSync(directory)).toEqual(['target'])
  })

  it('is found with structured attributes', async () => {
    files.set('file', text)
    const json = JSON.stringify({ urls: [`${server.url}file`] })
    const wanted = derivation({ __json: json }, hash)
    expect(await fetcherOf(['127.0.0.1']).fetch(wanted, target, transfer())).toBe(true)
  })

  it('is what a hashed mirror has, and its own addresses are not asked', async () => {
    files.set(`mirror/sha256/${hash}`, text)
    const fetcher = fetcherOf([], new Mirrors(), [`${server.url}mirror`])
    const wanted = derivation({ urls: 'http://nowhere.invalid/', postFetch: 'change it' }, hash)
    expect(await fetcher.fetch(wanted, target, transfer())).toBe(true)
    expect(messages).toEqual([])
    expect(readFileSync(target, 'utf8')).toBe('text')
  })

  it('is not what a hashed mirror has under a wrong hash', async () => {
    files.set(`mirror/sha256/${hash}`, Buffer.from('lies'))
    files.set('file', text)
    const fetcher = fetcherOf(['127.0.0.1'], new Mirrors(), [`${server.url}mirror`])
    await fetcher.fetch(derivation({ url: `${server.url}file` }, hash), target, transfer())
    expect(readFileSync(target, 'utf8')).toBe('text')
  })

  it('does not wait for a hashed mirror that did not answer before', async () => {
    files.set('file', text)
    const mirror = await startHttpServer((_request, response) => response.writeHead(500).end())
    const mirrorFetcher = new Fetcher({ connections: { everything: true } })
    const fetcher = new UrlFetcher({
      fetcher: mirrorFetcher,
      mirrorFetcher,
      mirrors: new Mirrors(),
      hashedMirrors: [mirror.url],
      maxBytes: 100,
    })
    for (const name of ['one', 'two']) {
      const wanted = derivation({ url: `${server.url}file` }, hash)
      expect(await fetcher.fetch(wanted, join(directory, name), transfer())).toBe(true)
    }
    expect(mirror.requests).toHaveLength(1)
    mirrorFetcher.close()
    await mirror.close()
  })

  it("comes from the operator's mirror, though visitors may not reach that", async () => {
    files.set('debian/pool/file', text)
    const mirrors = new Mirrors(new Map([['debian', [`${server.url}debian`]]]))
    const fetcher = fetcherOf([], mirrors)
    const wanted = derivation({ url: 'mirror://debian/pool/file' }, hash)
    expect(await fetcher.fetch(wanted, target, transfer())).toBe(true)
    const direct = derivation({ url: `${server.url}debian/pool/file` }, hash)
    await expect(fetcher.fetch(direct, `${target}2`, transfer())).rejects.toThrow(
      'is an address of a private network',
    )
  })

  it('is executable where it says so', async () => {
    files.set('file', text)
    const wanted = derivation({ url: `${server.url}file`, executable: '1' }, hash, {
      builder: 'builtin:fetchurl',
      hashAlgorithm: 'r:sha256',
    })
    await fetcherOf(['127.0.0.1']).fetch(wanted, target, transfer())
    expect(lstatSync(target).mode & 0o777).toBe(0o755)
  })

  it.each(['nar', 'nar.xz'])('is unpacked from a .%s by builtin:fetchurl', async (extension) => {
    const nar = writeNar({
      type: 'directory',
      entries: new Map([['a', { type: 'regular', executable: true, contents: text }]]),
    })
    const file = extension === 'nar' ? nar : execFileSync('xz', ['-c'], { input: nar })
    files.set(`file.${extension}`, file)
    const wanted = derivation({ url: `${server.url}file.${extension}`, unpack: '1' }, sha256(nar), {
      builder: 'builtin:fetchurl',
      hashAlgorithm: 'r:sha256',
    })
    expect(await fetcherOf(['127.0.0.1']).fetch(wanted, target, transfer())).toBe(true)
    expect(readFileSync(join(target, 'a'), 'utf8')).toBe('text')
    expect((await inspectPath(target, [])).narHash).toEqual(
      new Uint8Array(Buffer.from(sha256(nar), 'hex')),
    )
  })

  it.each(['gz', 'xz', 'bz2', 'zst'])(
    'is unpacked from a tar.%s as fetchzip does, where that makes the hash',
    async (extension) => {
      const tree = join(directory, 'tree')
      mkdirSync(join(tree, 'top/sub'), { recursive: true })
      writeFileSync(join(tree, 'top/sub/file'), 'text', { mode: 0o755 })
      const tarball = join(directory, `t.tar.${extension}`)
      execFileSync('tar', ['-C', tree, '--auto-compress', '-cf', tarball, 'top'])
      files.set('t', readFileSync(tarball))
      const { narHash } = await inspectPath(join(tree, 'top'), [])
      const environment = { urls: `${server.url}t`, postFetch: 'unpackFile …' }
      const fixed = (digest: Uint8Array) =>
        derivation(environment, Buffer.from(digest).toString('hex'), { hashAlgorithm: 'r:sha256' })
      const fetcher = fetcherOf(['127.0.0.1'])
      expect(await fetcher.fetch(fixed(narHash), target, transfer())).toBe(true)
      expect(readFileSync(join(target, 'sub/file'), 'utf8')).toBe('text')
      expect((await inspectPath(target, [])).narHash).toEqual(narHash)
      const other = `${target}2`
      expect(await fetcher.fetch(fixed(new Uint8Array(32)), other, transfer())).toBe(false)
    },
  )

  it.each<[string, Record<string, string>, string]>([
    ['a repository', { url: 'https://example.org/repository', rev: 'abc' }, 'r:sha256'],
    ['only the list of addresses', { urls: 'https://example.org/x', showURLs: '1' }, 'sha256'],
    ['nothing', {}, 'sha256'],
  ])('is left to its builder where it is %s', async (_what, environment, hashAlgorithm) => {
    const wanted = derivation(environment, hash, { hashAlgorithm })
    expect(await fetcherOf([]).fetch(wanted, target, transfer())).toBe(false)
  })

  it('is left to its builder where that changes what was downloaded', async () => {
    files.set('file', Buffer.from('other text'))
    const wanted = derivation({ url: `${server.url}file`, postFetch: 'sed …' }, hash)
    expect(await fetcherOf(['127.0.0.1']).fetch(wanted, target, transfer())).toBe(false)
    expect(readdirSync(directory)).toEqual([])
  })

  it('that nobody gives is an error that says why, for each address', async () => {
    const urls = `${server.url}one http://127.0.0.1:1/two mirror://unknown/three file:///etc/passwd`
    const asked = fetcherOf(['127.0.0.1']).fetch(derivation({ urls }, hash), target, transfer())
    const error = await asked.catch((error: Error) => error)
    expect(error).toBeInstanceOf(Error)
    expect(error).not.toBeInstanceOf(FetchError)
    expect((error as Error).message.split('\n')).toEqual([
      `unable to download '${server.url}one': HTTP error 404`,
      "unable to download 'http://127.0.0.1:1/two': nobody listens there",
      "unable to download 'file:///etc/passwd': 'file:' URLs are not fetched",
    ])
    expect(readdirSync(directory)).toEqual([])
  })
})
