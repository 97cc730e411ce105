import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  lstatSync,
  mkdtempSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { zstdDecompressSync } from 'node:zlib'
import express from 'express'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseNarInfo } from '@snowglobe/shared/narinfo'
import { writeNar, type NarNode } from '@snowglobe/shared/nar'
import { defaultStoreDir } from '@snowglobe/shared/store-path'
import { LogArchive } from '../build/log-archive'
import { Fetcher } from '../fetch/fetcher'
import { DiskStore } from '../store/disk-store'
import { removeTree } from '../store/remove-tree'
import { startHttpServer, type TestHttpServer } from '../testing/http-server'
import { hasNix } from '../testing/real-nix'
import { outputPathOf, textFile } from '../testing/test-cache'
import { cacheRoutes } from './cache-routes'
import { CacheSubstitution } from './cache-substitution'
import { CompressedNars } from './compressed-nars'
import { SigningKey } from './signing-key'
import { defaultSubstitutionSettings } from './substitution-settings'

const run = promisify(execFile)
let directory: string
let store: DiskStore
let key: SigningKey
let server: TestHttpServer

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'snowglobe-serving-'))
  store = await DiskStore.open(join(directory, 'store'), defaultStoreDir)
  key = SigningKey.open(join(directory, 'keys'))
})
afterEach(async () => {
  await server.close()
  store.close()
  await removeTree(directory)
})

async function serve(compression: 'none' | 'zstd' | 'xz' = 'none', maxBytes = 2 ** 30) {
  const app = express()
  const copies = join(directory, 'copies')
  const compressed =
    compression === 'none' ? null : new CompressedNars(copies, compression, maxBytes)
  app.use(cacheRoutes(store, key, new LogArchive(join(directory, 'logs')), compressed))
  server = await startHttpServer(app)
}

const add = async (name: string, node: NarNode, references: string[] = []) => {
  const path = outputPathOf(name)
  await store.add([{ info: { path, references }, nar: writeNar(node) }])
  return path
}
const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(new URL(path, server.url), {
    method,
    headers: { 'accept-encoding': 'identity', ...headers },
  })
/** Without the second header fetch itself would say that it wants none of what is kept. */
const unlessIs = (etag: string) => ({ 'if-none-match': etag, 'cache-control': 'max-age=0' })
const narInfo = async (path: string, query = '') => {
  const name = `${path.slice(11, 43)}.narinfo`
  return parseNarInfo(defaultStoreDir, await (await get(name + query)).text(), name)
}
const content = textFile('0123456789'.repeat(400_000))

/** A chain: each path refers to the one before it. Gives the last. */
async function chain(length: number): Promise<string> {
  const paths: string[] = []
  const entries = Array.from({ length }, (_, i) => {
    const path = outputPathOf(`link-${i}`)
    const references = paths.slice(-1)
    paths.push(path)
    return { info: { path, references }, nar: writeNar(textFile(`${i} ${references.join('')}`)) }
  })
  await store.add(entries)
  return paths.at(-1)!
}

describe('a NAR is served', () => {
  it('whole, in parts, and not again to those who have it', async () => {
    await serve()
    const path = await add('thing', content)
    const nar = Buffer.from(writeNar(content))
    const { url } = await narInfo(path)
    const whole = await get(url)
    const etag = whole.headers.get('etag')!
    expect(whole.headers.get('content-length')).toBe(String(nar.length))
    expect(Buffer.from(await whole.arrayBuffer()).equals(nar)).toBe(true)

    const part = await get(url, { range: 'bytes=1500000-2600000', 'if-range': etag })
    expect(part.status).toBe(206)
    expect(part.headers.get('content-range')).toBe(`bytes 1500000-2600000/${nar.length}`)
    expect(Buffer.from(await part.arrayBuffer()).equals(nar.subarray(1500000, 2600001))).toBe(true)
    const end = await get(url, { range: 'bytes=-16' })
    expect(Buffer.from(await end.arrayBuffer()).equals(nar.subarray(-16))).toBe(true)
    expect((await get(url, { range: 'bytes=0-9', 'if-range': '"other"' })).status).toBe(200)
    expect((await get(url, { range: `bytes=${nar.length}-` })).status).toBe(416)
    expect((await get(url, unlessIs(etag))).status).toBe(304)

    const head = await get(url, {}, 'HEAD')
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(nar.length)])
  })

  it.each([
    ['zstd', (bytes: Buffer) => zstdDecompressSync(bytes)],
    ['xz', (bytes: Buffer) => execFileSync('xz', ['-dc'], { input: bytes, maxBuffer: 2 ** 26 })],
  ] as const)('as a file compressed with %s, which is kept', async (compression, decompress) => {
    await serve(compression)
    const path = await add('thing', content)
    const nar = Buffer.from(writeNar(content))
    const info = await narInfo(path)
    expect(info).toMatchObject({ compression, fileSize: null, narSize: nar.length })
    const answers = await Promise.all([get(info.url), get(info.url)])
    const [bytes, again] = await Promise.all(
      answers.map(async (answer) => Buffer.from(await answer.arrayBuffer())),
    )
    expect(decompress(bytes!).equals(nar)).toBe(true)
    expect(again!.equals(bytes!)).toBe(true)
    expect(readdirSync(join(directory, 'copies'))).toHaveLength(1)
    expect((await narInfo(path)).fileSize).toBe(bytes!.length)
    const part = await get(info.url, { range: 'bytes=10-19' })
    expect(Buffer.from(await part.arrayBuffer()).equals(bytes!.subarray(10, 20))).toBe(true)
    const etag = answers[0]!.headers.get('etag')!
    expect((await get(info.url, unlessIs(etag))).status).toBe(304)
    // A browser cannot read those.
    expect(await narInfo(path, '?compression=none')).toMatchObject({ compression: 'none' })
  })

  it('from copies that take no more room than they may, the last used ones', async () => {
    const random = (seed: number): NarNode => {
      const bytes = Buffer.alloc(100_000)
      for (let i = 0; i * 32 < bytes.length; i++)
        createHash('sha256')
          .update(`${seed} ${i}`)
          .digest()
          .copy(bytes, i * 32)
      return { type: 'regular', executable: false, contents: bytes }
    }
    await serve('zstd', 250_000)
    const urls: string[] = []
    for (const seed of [1, 2, 3]) {
      const { url } = await narInfo(await add(`random-${seed}`, random(seed)))
      await (await get(url)).arrayBuffer()
      urls.push(url)
      const file = join(directory, 'copies', url.slice('nar/'.length))
      if (seed < 3) utimesSync(file, seed, seed)
      if (seed === 2) await (await get(urls[0]!)).arrayBuffer()
    }
    const kept = readdirSync(join(directory, 'copies')).sort()
    expect(kept).toEqual([urls[0]!, urls[2]!].map((url) => url.slice('nar/'.length)).sort())
    expect((await get(urls[1]!)).status).toBe(200)
  })

  it('no faster than it is taken', async () => {
    await serve()
    const large = { type: 'regular', executable: false, contents: Buffer.alloc(2 ** 26) } as const
    const { url } = await narInfo(await add('large', large))
    const socket = connect(server.port, '127.0.0.1')
    socket.write(`GET /${url} HTTP/1.1\r\nHost: x\r\n\r\n`)
    await new Promise((resolve) => socket.once('data', resolve))
    socket.pause()
    const before = process.memoryUsage().arrayBuffers
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 25)
    socket.destroy()
  })

  it('not under other names, nor after it is gone', async () => {
    await serve('zstd')
    const { url } = await narInfo(await add('thing', content))
    for (const other of [url.replace('.zst', '.xz'), url.replace(/.zst$/, '.new'), `${url}/x`])
      expect((await get(other)).status).toBe(404)
    expect((await get(url)).status).toBe(200)
    await store.collectGarbage({ keepOutputs: false, keepDerivations: false })
    expect((await get(url)).status).toBe(404)
  })
})

it('what an output of a content-addressed derivation has become is told, signed', async () => {
  await serve()
  const path = await add('thing', content)
  const drvPath = outputPathOf('thing.drv')
  store.registerRealisation(drvPath, 'out', path)
  const answer = await get(`build-trace-v2/${drvPath.slice(11)}/out.doi`)
  expect(await answer.json()).toMatchObject({
    outPath: path.slice(11),
    signatures: [{ keyName: key.publicKey.split(':')[0] }],
  })
  expect((await get(`build-trace-v2/${drvPath.slice(11)}/dev.doi`)).status).toBe(404)
  expect((await get('build-trace-v2/..%2f..%2fkeys/out.doi')).status).toBe(404)

  const fetcher = new Fetcher({ connections: { everything: true } })
  const other = await DiskStore.open(join(directory, 'other'), defaultStoreDir)
  const substitution = (trustedPublicKeys: string[]) =>
    new CacheSubstitution({
      store: other,
      fetcher,
      settings: { ...defaultSubstitutionSettings, substituters: [server.url], trustedPublicKeys },
    })
  const messages: string[] = []
  const transfer = {
    signal: new AbortController().signal,
    onMessage: (text: string) => messages.push(text),
  }
  const trusting = substitution([key.publicKey])
  expect(await trusting.queryRealisation(drvPath, 'out', transfer)).toBe(path)
  expect(await trusting.queryRealisation(drvPath, 'dev', transfer)).toBeNull()
  expect(messages).toEqual([])
  expect(await substitution([]).queryRealisation(drvPath, 'out', transfer)).toBeNull()
  expect(messages[0]).toContain('is not signed by any of the keys')
  fetcher.close()
  other.close()
})

it('another Snowglobe substitutes a closure of 200 paths', async () => {
  await serve('zstd')
  const last = await chain(200)
  const fetcher = new Fetcher({ connections: { everything: true } })
  const other = await DiskStore.open(join(directory, 'other'), defaultStoreDir)
  const substitution = new CacheSubstitution({
    store: other,
    fetcher,
    settings: {
      ...defaultSubstitutionSettings,
      substituters: [server.url],
      trustedPublicKeys: [key.publicKey],
    },
  })
  const transfer = { signal: new AbortController().signal }
  const realise = async (path: string): Promise<void> => {
    const info = (await substitution.querySubstitutable([path], transfer)).get(path)
    for (const reference of info!.references) await realise(reference)
    await substitution.substitute(path, transfer)
  }
  await realise(last)
  expect(await other.allValidPaths()).toHaveLength(200)
  expect(await other.verify({ checkContents: true })).toEqual([])
  fetcher.close()
  other.close()
}, 60_000)

describe.skipIf(!hasNix)('real Nix', () => {
  it.each(['none', 'zstd', 'xz'] as const)(
    'substitutes a closure of 200 paths, compressed with %s',
    async (compression) => {
      await serve(compression)
      const last = await chain(200)
      const into = join(directory, 'nix')
      const options = ['--option', 'substituters', server.url]
      options.push('--option', 'trusted-public-keys', key.publicKey)
      await run('nix-store', ['--store', into, '-r', last, ...options])
      await run('nix-store', ['--store', into, '--verify', '--check-contents'])
      const { stdout } = await run('nix-store', ['--store', into, '-qR', last])
      expect(stdout.trim().split('\n')).toHaveLength(200)
    },
    60_000,
  )

  it('lists what is in a path as we do', async () => {
    await serve()
    const tree = join(directory, 'tree')
    mkdirSync(join(tree, 'bin'), { recursive: true })
    writeFileSync(join(tree, 'bin/run'), 'x'.repeat(4097), { mode: 0o755 })
    writeFileSync(join(tree, 'empty'), '')
    writeFileSync(join(tree, 'läßt'), '1234567')
    execFileSync('ln', ['-s', 'bin/run', join(tree, 'link')])
    const nix = async (...args: string[]) =>
      (await run('nix', ['--extra-experimental-features', 'nix-command', ...args])).stdout.trim()
    const root = join(directory, 'store')
    const path = await nix('store', 'add-path', '--store', root, tree, '--name', 'tree')
    const cache = join(directory, 'cache')
    await nix('copy', '--from', root, '--to', `file://${cache}?write-nar-listing=1`, path)
    const name = `${path.slice(11, 43)}.ls`
    const expected: unknown = JSON.parse(readFileSync(join(cache, name), 'utf8'))
    expect(lstatSync(join(root, path, 'bin/run')).size).toBe(4097)
    expect(await (await get(name)).json()).toEqual(expected)
    const cat = ['store', 'cat', '--store', server.url, `${path}/bin/run`]
    expect(await nix(...cat)).toBe('x'.repeat(4097))
  })
})
