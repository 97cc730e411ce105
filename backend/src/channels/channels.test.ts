import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as v from 'valibot'
import { channelsResponseSchema, type Channel } from '@snowglobe/shared/messages'
import { checkPack, openPack } from '@snowglobe/shared/pack'
import { removeTree } from '../store/remove-tree'
import { startServer, type TestServer } from '../testing/test-server'
import { Fetcher } from '../fetch/fetcher'
import { ChannelLibrary } from './channel-library'

const directory = mkdtempSync(join(tmpdir(), 'snowglobe-channels-'))
afterAll(() => removeTree(directory))

const source = join(directory, 'source')
mkdirSync(join(source, 'lib'), { recursive: true })
writeFileSync(join(source, '.version'), '20.09')
writeFileSync(join(source, 'default.nix'), '{ }: { hello = 1; }\n'.repeat(1000))

describe('the library of channels', () => {
  const open = (name: string) =>
    new ChannelLibrary(join(directory, name), () => {}, new Fetcher({ enabled: false }))

  it('packs a source once, and again when it has changed', async () => {
    const first = open('again')
    const { storePath, url } = first.add({ name: null, path: source })
    await first.compressed
    const packed = readdirSync(join(directory, 'again')).sort()
    expect(packed).toHaveLength(3)

    const second = open('again')
    expect(second.add({ name: null, path: source }).url).toBe(url)
    await second.close()
    expect(readdirSync(join(directory, 'again')).sort()).toEqual(packed)

    writeFileSync(join(source, 'lib/default.nix'), '{ }')
    const third = open('again')
    expect(third.add({ name: null, path: source }).storePath).not.toBe(storePath)
    await third.compressed
    // What nobody asks for any more has gone.
    expect(readdirSync(join(directory, 'again'))).toHaveLength(3)
    expect(third.file(url.replace('channels/', ''))).toBeNull()
  })

  it('wants two names for two channels', async () => {
    const library = open('names')
    library.add({ name: null, path: source })
    expect(() => library.add({ name: null, path: source })).toThrow('--nixpkgs mine=')
    expect(library.add({ name: 'mine', path: source }).name).toBe('mine')
    expect(library.channels.map(({ name }) => name)).toEqual(['nixpkgs-20.09', 'mine'])
    await library.close()
  })

  it('says what is not there', () => {
    const path = join(directory, 'nothing')
    expect(() => open('missing').add({ name: null, path })).toThrow(
      `there is no file or directory ${path}`,
    )
  })
})

describe('a server with a channel', () => {
  let server: TestServer
  let channel: Channel
  beforeAll(async () => {
    server = await startServer({ channels: [{ name: null, path: source }] })
    const answer: unknown = await (await fetch(new URL('api/channels', server.url))).json()
    channel = v.parse(channelsResponseSchema, answer).channels[0]!
  })
  afterAll(() => server.close())

  /** Without fetch, which would unpack what comes. */
  const ask = (path: string, headers: Record<string, string>) =>
    new Promise<{ status?: number; headers: Record<string, unknown>; body: Buffer }>((resolve) => {
      get(new URL(path, server.url), { headers }, (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () => {
          const { statusCode: status, headers: told } = response
          resolve({ status: status!, headers: told, body: Buffer.concat(parts) })
        })
      })
    })

  it('tells of it', () => {
    expect(channel).toMatchObject({ name: 'nixpkgs-20.09', label: '20.09' })
  })

  it('gives its pack, as it is and compressed, to be kept', async () => {
    const plain = await ask(channel.url, {})
    expect(plain.status).toBe(200)
    expect(plain.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'Accept-Encoding',
      'content-length': String(channel.size),
    })
    expect(createHash('sha256').update(plain.body).digest('hex')).toBe(channel.sha256)
    const pack = openPack(plain.body)
    expect(pack.storePath).toBe(channel.storePath)
    checkPack(pack)

    // It is compressed in the background.
    let packed = await ask(channel.url, { 'accept-encoding': 'gzip, br' })
    for (let i = 0; i < 100 && packed.headers['content-encoding'] === undefined; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      packed = await ask(channel.url, { 'accept-encoding': 'gzip, br' })
    }
    expect(packed.headers['content-encoding']).toBe('br')
    expect(packed.body.length).toBeLessThan(plain.body.length / 4)
    expect(brotliDecompressSync(packed.body)).toEqual(plain.body)

    const again = await ask(channel.url, { 'if-none-match': String(plain.headers['etag']) })
    expect(again.status).toBe(304)
  })

  it.each(['channels/packed.json', 'channels/..%2flock', 'channels/nothing.pack', 'channels'])(
    'and nothing else (%s)',
    async (path) => {
      expect((await ask(path, {})).status).toBe(404)
    },
  )
})

it('a server says what it cannot pack, and lets go of its directory', async () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'snowglobe-server-'))
  const channels = [{ name: null, path: join(directory, 'nothing') }]
  await expect(startServer({ dataDirectory, channels })).rejects.toThrow('there is no file')
  await (await startServer({ dataDirectory })).close()
})
