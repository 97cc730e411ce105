import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs'
import type { RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { formatNarInfo } from '@snowglobe/shared/narinfo'
import { writeNar, type NarNode } from '@snowglobe/shared/nar'
import { defaultStoreDir, makeFixedOutputPath, makeTextPath } from '@snowglobe/shared/store-path'
import type { Transfer } from '../build/substitution'
import { Fetcher, type FetcherOptions } from '../fetch/fetcher'
import { DiskStore } from '../store/disk-store'
import { removeTree } from '../store/remove-tree'
import { startHttpServer, type TestHttpServer } from '../testing/http-server'
import { hasNix } from '../testing/real-nix'
import { outputPathOf, TestCache, testPublicKey, textFile } from '../testing/test-cache'
import { CacheSubstitution } from './cache-substitution'
import { defaultSubstitutionSettings, type SubstitutionSettings } from './substitution-settings'

let directory: string
let store: DiskStore
let fetcher: Fetcher
let servers: TestHttpServer[]
let messages: string[]
let transfer: Transfer

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'snowglobe-substitution-'))
  store = await DiskStore.open(join(directory, 'store'), defaultStoreDir)
  fetcher = newFetcher()
  servers = []
  messages = []
  transfer = {
    signal: new AbortController().signal,
    onMessage: (text) => messages.push(text),
  }
})
afterEach(async () => {
  for (const server of servers) await server.close()
  fetcher.close()
  store.close()
  await removeTree(directory)
})

function newFetcher(options: FetcherOptions = {}): Fetcher {
  const connections = { everything: true }
  return new Fetcher({ files: true, connections, retryMilliseconds: 1, attempts: 3, ...options })
}

/** From now on nobody waits long for a server. */
function losePatience(): void {
  fetcher.close()
  fetcher = newFetcher({ stallMilliseconds: 1000, attempts: 1 })
}

async function serve(listener: RequestListener): Promise<TestHttpServer> {
  const server = await startHttpServer(listener)
  servers.push(server)
  return server
}

function substitution(
  substituters: string[],
  settings: Partial<SubstitutionSettings> = {},
): CacheSubstitution {
  return new CacheSubstitution({
    store,
    fetcher,
    settings: {
      ...defaultSubstitutionSettings,
      substituters,
      trustedPublicKeys: [testPublicKey],
      ...settings,
    },
  })
}

function expectNothingLeft(): void {
  const incoming = join(directory, 'store/nix/var/snowglobe/incoming')
  expect(readdirSync(incoming).flatMap((name) => readdirSync(join(incoming, name)))).toEqual([])
}

const path = outputPathOf('thing')
const thing: NarNode = {
  type: 'directory',
  entries: new Map<string, NarNode>([
    ['data', { ...textFile('data'), executable: false } as NarNode],
    ['empty', textFile('')],
    ['link', { type: 'symlink', target: '../elsewhere' }],
    ['run', { type: 'regular', executable: true, contents: new Uint8Array(300_000).fill(65) }],
    ['sub', { type: 'directory', entries: new Map() }],
  ]),
}

function expectThing(): void {
  const real = store.realPath(path)
  expect(readFileSync(join(real, 'data'), 'utf8')).toBe('data')
  expect(readlinkSync(join(real, 'link'))).toBe('../elsewhere')
  expect(readdirSync(real)).toEqual(['data', 'empty', 'link', 'run', 'sub'])
  for (const [name, mode] of Object.entries({ data: 0o444, run: 0o555, sub: 0o555, '': 0o555 })) {
    const status = lstatSync(join(real, name))
    expect([name, status.mode & 0o7777, status.mtimeMs]).toEqual([name, mode, 1000])
  }
}

describe('a binary cache', () => {
  it('gives paths with their references, and tells of its progress', async () => {
    const cache = new TestCache()
    const input = outputPathOf('input')
    cache.add(input, textFile('input'))
    const info = cache.add(path, thing, { references: [input] })
    const { url } = await serve(cache.listener)
    const progress: [number, number][] = []
    const caches = substitution([url])
    const found = await caches.querySubstitutable([path, outputPathOf('nothing')], transfer)
    expect([...found]).toEqual([
      [
        path,
        {
          references: [input],
          deriver: null,
          downloadSize: info.fileSize,
          narSize: info.narSize,
          cache: url.slice(0, -1),
        },
      ],
    ])
    await caches.substitute(input, transfer)
    await caches.substitute(path, {
      ...transfer,
      onProgress: (done, total) => progress.push([done, total]),
    })
    expectThing()
    expect(store.pathInfo(path)).toMatchObject({
      references: [input],
      narSize: info.narSize,
      signatures: info.signatures,
      ultimate: false,
    })
    expect(progress.at(-1)).toEqual([info.fileSize, info.fileSize])
    expect(messages).toEqual([])
    expectNothingLeft()
  })

  it('gives several paths at a time', async () => {
    const cache = new TestCache()
    const paths = ['1', '2', '3'].map((name) => outputPathOf(name))
    for (const one of paths) cache.add(one, textFile(one))
    const held: (() => void)[] = []
    const { url } = await serve((request, response) => {
      if (request.url?.startsWith('/nar/') !== true) return cache.listener(request, response)
      // None before all are asked for.
      held.push(() => cache.listener(request, response))
      if (held.length === paths.length) for (const answer of held) answer()
    })
    const caches = substitution([url])
    await Promise.all(paths.map((one) => caches.substitute(one, transfer)))
    expect(paths.filter((one) => store.isValidPath(one))).toEqual(paths)
  })

  it('is asked only once for what it has not, and for what it has', async () => {
    const cache = new TestCache()
    cache.add(path, thing)
    const server = await serve(cache.listener)
    const caches = substitution([server.url])
    const paths = [path, outputPathOf('nothing')]
    await caches.querySubstitutable(paths, transfer)
    const asked = server.requests.length
    expect(asked).toBe(3)
    await caches.querySubstitutable(paths, transfer)
    expect(server.requests).toHaveLength(asked)
  })

  it('is asked again when what it said is too old', async () => {
    const server = await serve(new TestCache().listener)
    const caches = substitution([server.url], { negativeSeconds: 0 })
    await caches.querySubstitutable([path], transfer)
    await caches.querySubstitutable([path], transfer)
    expect(server.requests.filter((request) => request.endsWith('.narinfo'))).toHaveLength(2)
  })

  it('is preferred by its priority', async () => {
    const [low, high] = [new TestCache(10), new TestCache(50)]
    for (const cache of [low, high]) cache.add(path, thing)
    const servers = [await serve(high.listener), await serve(low.listener)]
    await substitution(servers.map(({ url }) => url)).substitute(path, transfer)
    expect(servers[0]!.requests).toEqual(['GET /nix-cache-info'])
  })

  it('is not asked at all where substitution is off', async () => {
    const cache = new TestCache()
    cache.add(path, thing)
    const server = await serve(cache.listener)
    const caches = substitution([server.url], { substitute: false })
    expect(await caches.querySubstitutable([path], transfer)).toEqual(new Map())
    expect(server.requests).toEqual([])
  })

  it('has its signatures checked, unless that is switched off', async () => {
    const cache = new TestCache()
    cache.add(path, thing, { change: (info) => (info.signatures = []) })
    const { url } = await serve(cache.listener)
    const caches = substitution([url])
    expect(await caches.querySubstitutable([path], transfer)).toEqual(new Map())
    expect(messages).toEqual([
      `warning: ignoring substitute for '${path}' from '${url.slice(0, -1)}', as it's not signed ` +
        "by any of the keys in 'trusted-public-keys'",
    ])
    await expect(caches.substitute(path, transfer)).rejects.toThrow('there is no substituter')
    await substitution([url], { requireSignatures: false }).substitute(path, transfer)
    expectThing()
  })

  it.each([
    ['NarHash', (info: { narHash: Uint8Array }) => (info.narHash = new Uint8Array(32))],
    ['NarSize', (info: { narSize: number }) => info.narSize++],
    ['References', (info: { references: string[] }) => info.references.push(path)],
  ])('cannot change the %s that was signed', async (_field, change) => {
    const cache = new TestCache()
    cache.add(path, thing, { change })
    const { url } = await serve(cache.listener)
    expect(await substitution([url]).querySubstitutable([path], transfer)).toEqual(new Map())
    expect(messages[0]).toContain("it's not signed by any of the keys")
  })

  it('need not sign what is content-addressed, but cannot give anything else for it', async () => {
    const nar = new Uint8Array(createHash('sha256').update(writeNar(thing)).digest())
    const hash = { algorithm: 'sha256', bytes: nar } as const
    const fixed = makeFixedOutputPath(defaultStoreDir, 'recursive', hash, 'thing')
    const bytes = new Uint8Array(createHash('sha256').update('text').digest())
    const text = makeTextPath(defaultStoreDir, 'text', { algorithm: 'sha256', bytes }, [])
    const cache = new TestCache()
    const unsigned = (contentAddress: string) => ({
      change: (info: { signatures: string[]; contentAddress: string | null }) =>
        Object.assign(info, { signatures: [], contentAddress }),
    })
    const address = (prefix: string, digest: Uint8Array) =>
      `${prefix}:sha256:${Buffer.from(digest).toString('hex')}`
    cache.add(fixed, thing, unsigned(address('fixed:r', nar)))
    cache.add(text, textFile('text'), unsigned(address('text', bytes)))
    const { url } = await serve(cache.listener)
    await substitution([url]).substitute(fixed, transfer)
    await substitution([url]).substitute(text, transfer)
    expect(store.pathInfo(text)?.contentAddress).toMatch(/^text:sha256:/)

    const other = makeTextPath(defaultStoreDir, 'other', { algorithm: 'sha256', bytes }, [])
    cache.add(other, textFile('lies'), unsigned(address('text', bytes)))
    cache.add(path, textFile('text'), unsigned(address('text', bytes)))
    await expect(substitution([url]).substitute(other, transfer)).rejects.toThrow(
      'ca hash mismatch',
    )
    await expect(substitution([url]).substitute(path, transfer)).rejects.toThrow('no substituter')
    expect(store.isValidPath(other)).toBe(false)
  })
})

describe('a bad cache', () => {
  const narOf = (cache: TestCache) => [...cache.files.keys()].find((name) => name.endsWith('.gz'))!
  const spoil = (change: (cache: TestCache, nar: string) => void) => (cache: TestCache) =>
    change(cache, narOf(cache))

  it.each([
    [
      'a NAR that is not there any more',
      spoil((cache, nar) => cache.files.delete(nar)),
      'HTTP error 404',
    ],
    [
      'a truncated NAR',
      spoil((cache, nar) => cache.files.set(nar, cache.files.get(nar)!.subarray(0, -20))),
      'does not have the hash told',
    ],
    [
      'another NAR',
      spoil((cache, nar) => {
        const { path: other } = cache.add(outputPathOf('other'), textFile('other'))
        cache.files.set(nar, cache.files.get(`nar/${other.slice(11, 43)}.nar.gz`)!)
      }),
      'does not have the hash told',
    ],
    [
      'a NAR that is larger than it says',
      spoil((cache, nar) => cache.files.set(nar, Buffer.alloc(1_000_000))),
      'it is larger than',
    ],
  ])('with %s is survived', async (_what, change, message) => {
    const cache = new TestCache()
    cache.add(path, thing)
    change(cache)
    const { url } = await serve(cache.listener)
    await expect(substitution([url]).substitute(path, transfer)).rejects.toThrow(message)
    expect(store.isValidPath(path)).toBe(false)
    expectNothingLeft()
  })

  it.each([
    ['cut short', (nar: Buffer) => nar.subarray(0, -16), 'ends too early'],
    ['something behind its end', (nar: Buffer) => Buffer.concat([nar, nar]), 'larger than'],
    ['no NAR', (nar: Buffer) => Buffer.alloc(nar.length, 'x'), 'bad archive'],
    [
      'other contents',
      (nar: Buffer) => Buffer.from(nar.toString('latin1').replace('data', 'DATA'), 'latin1'),
      'hash mismatch importing path',
    ],
  ])('whose NAR, uncompressed, is %s, is survived', async (_what, change, message) => {
    const cache = new TestCache()
    const info = cache.add(path, thing)
    Object.assign(info, { compression: 'none', fileHash: null, fileSize: null })
    cache.files.set(`${path.slice(11, 43)}.narinfo`, Buffer.from(formatNarInfo(info)))
    cache.files.set(info.url, change(Buffer.from(writeNar(thing))))
    const { url } = await serve(cache.listener)
    await expect(substitution([url]).substitute(path, transfer)).rejects.toThrow(message)
    expect(store.isValidPath(path)).toBe(false)
    expectNothingLeft()
  })

  it('whose NAR hangs is not asked again at once', async () => {
    losePatience()
    const cache = new TestCache()
    cache.add(path, thing)
    const other = outputPathOf('other')
    cache.add(other, thing)
    const server = await serve((request, response) => {
      if (request.url?.startsWith('/nar/') === true) response.write('beginning')
      else cache.listener(request, response)
    })
    const caches = substitution([server.url])
    await expect(caches.substitute(path, transfer)).rejects.toThrow('nothing came for 1 seconds')
    const asked = server.requests.length
    await expect(caches.substitute(other, transfer)).rejects.toThrow('there is no substituter')
    expect(server.requests).toHaveLength(asked)
  })

  it('does not keep another from giving the path', async () => {
    const [bad, good] = [new TestCache(10), new TestCache(50)]
    for (const cache of [bad, good]) cache.add(path, thing)
    bad.files.set(narOf(bad), Buffer.from('broken'))
    const urls = [(await serve(bad.listener)).url, (await serve(good.listener)).url]
    await substitution(urls).substitute(path, transfer)
    expectThing()
    expect(messages).toHaveLength(1)
  })

  it.each<[string, RequestListener, string]>([
    ['fails', (_request, response) => response.writeHead(500).end(), 'HTTP error 500'],
    ['hangs', () => {}, 'nothing came for 1 seconds'],
    ['breaks off', (request) => request.socket.destroy(), 'unable to download'],
    ['is no cache', (_request, response) => response.writeHead(404).end(), 'does not appear to be'],
    [
      'is for another store',
      (_request, response) => response.end('StoreDir: /gnu/store\n'),
      "is for Nix stores with prefix '/gnu/store', not '/nix/store'",
    ],
  ])('that %s is said to, and not asked again at once', async (what, listener, message) => {
    if (what === 'hangs') losePatience()
    const bad = await serve(listener)
    const good = new TestCache()
    good.add(path, thing)
    const caches = substitution([bad.url, (await serve(good.listener)).url])
    await caches.substitute(path, transfer)
    expectThing()
    const said = messages.join('\n')
    expect(said).toContain(message)
    expect(said).toContain(`disabling binary cache '${bad.url.slice(0, -1)}' for 60 seconds`)
    const asked = bad.requests.length
    await caches.querySubstitutable([outputPathOf('more')], transfer)
    expect(bad.requests).toHaveLength(asked)
  })

  it('that nobody knows by name is given up at once', async () => {
    await expect(
      substitution(['http://nowhere.invalid']).substitute(path, transfer),
    ).rejects.toThrow('there is no substituter')
    expect(messages[0]).toContain("Could not resolve hostname 'nowhere.invalid'")
    expect(messages).toHaveLength(2)
    const reports: string[] = []
    const settings = { ...defaultSubstitutionSettings, substituters: ['http://nowhere.invalid'] }
    const report = (message: string) => reports.push(message)
    const reporting = new CacheSubstitution({ store, fetcher, settings, report })
    await reporting.querySubstitutable([path], transfer)
    expect(reports).toEqual(messages)
  })

  it.each([
    ['another path', (cache: TestCache) => cache.add(outputPathOf('other'), thing)],
    ['nonsense', () => null],
  ])('that tells of %s is passed over', async (_what, make) => {
    const cache = new TestCache()
    const info = make(cache)
    const text = info === null ? 'StorePath: nonsense\n' : formatNarInfo(info)
    cache.files.set(`${path.slice(11, 43)}.narinfo`, Buffer.from(text))
    const { url } = await serve(cache.listener)
    expect(await substitution([url]).querySubstitutable([path], transfer)).toEqual(new Map())
    expect(messages[0]).toMatch(/^warning: (asked .* but got|NAR info file .* is corrupt)/)
    expect(messages).toHaveLength(1)
  })
})

it('a cache elsewhere cannot name files of this machine', async () => {
  const file = join(directory, 'secret')
  writeFileSync(file, writeNar(textFile('secret')))
  const cache = new TestCache()
  const secret = pathToFileURL(file).href
  cache.add(path, textFile('secret'), {
    change: (info) => Object.assign(info, { url: secret, compression: 'none', fileHash: null }),
  })
  const { url } = await serve(cache.listener)
  await expect(substitution([url]).substitute(path, transfer)).rejects.toThrow(
    `the NAR of '${path}' is said to be at '${secret}'`,
  )
})

it('a path whose references are not there is not taken', async () => {
  const cache = new TestCache()
  cache.add(path, thing, { references: [outputPathOf('absent')] })
  const { url } = await serve(cache.listener)
  await expect(substitution([url]).substitute(path, transfer)).rejects.toThrow(
    `reference '${outputPathOf('absent')}' of path '${path}' is not a valid path`,
  )
})

it('a download that is stopped leaves nothing behind', async () => {
  const cache = new TestCache()
  cache.add(path, thing)
  const { url } = await serve(cache.listener)
  const stop = new AbortController()
  const stopped = substitution([url]).substitute(path, {
    ...transfer,
    signal: stop.signal,
    onProgress: () => stop.abort(new Error('stopped')),
  })
  await expect(stopped).rejects.toThrow('stopped')
  expect(store.isValidPath(path)).toBe(false)
  expectNothingLeft()
})

it('what a cache says cannot steer the terminal of who reads it', async () => {
  const bad = await serve((_request, response) =>
    response.writeHead(400).end('\x1b]0;x\x07\u009b2Jé'),
  )
  await substitution([bad.url]).querySubstitutable([path], transfer)
  expect(messages[0]).toContain(']0;x2J\xc3\xa9')
  expect(messages.join('')).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]/)
})

it('a damaged path is repaired with what a cache has under the same hash', async () => {
  const cache = new TestCache()
  cache.add(path, thing)
  const { url } = await serve(cache.listener)
  const caches = substitution([url])
  await caches.substitute(path, transfer)
  const { narHash } = store.pathInfo(path)!
  expect(Buffer.from((await caches.nar(path, narHash, transfer))!)).toEqual(
    Buffer.from(writeNar(thing)),
  )
  expect(await caches.nar(path, new Uint8Array(32), transfer)).toBeNull()
  expect(await caches.nar(outputPathOf('nothing'), narHash, transfer)).toBeNull()
  expect(messages).toEqual([])
})

describe.skipIf(!hasNix)('a cache that real Nix wrote', () => {
  let tree: string
  let from: string
  let published: string
  let key: string
  const nix = (...args: string[]) =>
    execFileSync('nix', ['--extra-experimental-features', 'nix-command', ...args], {
      encoding: 'utf8',
      env: { ...process.env, NIX_REMOTE: '' },
    }).trim()

  beforeEach(() => {
    tree = join(directory, 'tree')
    from = join(directory, 'nix')
    published = join(directory, 'published')
    mkdirSync(join(tree, 'sub'), { recursive: true })
    writeFileSync(join(tree, 'sub/file'), 'contents'.repeat(50_000))
    const secret = join(directory, 'secret')
    const publicFile = join(directory, 'public')
    execFileSync('nix-store', ['--generate-binary-cache-key', 'nix-1', secret, publicFile])
    key = readFileSync(publicFile, 'utf8').trim()
  })

  it.each(['none', 'xz', 'zstd', 'bzip2', 'br', 'gzip'])('with %s is read', async (compression) => {
    const added = nix('store', 'add-path', '--store', from, tree, '--name', 'tree')
    const secret = join(directory, 'secret')
    const to = `file://${published}?compression=${compression}&secret-key=${secret}`
    nix('copy', '--from', from, '--to', to, added)
    const info = nix('path-info', '--store', from, '--json', added)
    const urls = [pathToFileURL(published).href, published]
    const { url } = await serve((request, response) => {
      try {
        response.end(readFileSync(join(published, request.url ?? '')))
      } catch {
        response.writeHead(404).end()
      }
    })
    for (const [index, substituter] of [url, ...urls].entries()) {
      const other = await DiskStore.open(join(directory, `store-${index}`), defaultStoreDir)
      const settings = { trustedPublicKeys: [key], substituters: [substituter] }
      await new CacheSubstitution({
        store: other,
        fetcher,
        settings: { ...defaultSubstitutionSettings, ...settings },
      }).substitute(added, transfer)
      expect(messages).toEqual([])
      const hash = `sha256-${Buffer.from(other.pathInfo(added)!.narHash).toString('base64')}`
      expect(info).toContain(hash)
      const file = join(other.realPath(added), 'sub/file')
      expect(readFileSync(file, 'utf8')).toBe('contents'.repeat(50_000))
      other.close()
      const verify = ['--verify', '--check-contents', '--store', join(directory, `store-${index}`)]
      execFileSync('nix-store', verify, { stdio: 'pipe' })
    }
  })
})
