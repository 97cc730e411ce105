import { describe, expect, it } from 'vitest'
import { hashBytes } from '@snowglobe/shared/hash'
import { formatNarInfo } from '@snowglobe/shared/narinfo'
import { defaultStoreDir } from '@snowglobe/shared/store-path'
import { BackendClient } from './backend-client'

const path = `${defaultStoreDir}/${'a'.repeat(32)}-x`

/** A client whose requests are answered by a function, and what it asked. */
function clientOf(answer: (url: string, init?: RequestInit) => Response | Promise<Response>) {
  const asked: { url: string; init: RequestInit | undefined }[] = []
  const client = new BackendClient(defaultStoreDir, 'https://tab.test/', async (url, init) => {
    asked.push({ url, init })
    return answer(url, init)
  })
  return { client, asked }
}

const json = (value: unknown, status = 200) => new Response(JSON.stringify(value), { status })

describe('the backend client', () => {
  const health = {
    version: '1',
    storeDir: defaultStoreDir,
    systems: ['x86_64-linux'],
    sandbox: { available: true, launcher: 'bubblewrap 0.8.0', reason: null },
    queue: { running: 0, waiting: 0, capacity: 2 },
    publicKey: 'k:AAAA',
    limits: {},
  }

  it('tells how the backend is', async () => {
    expect(await clientOf(() => json(health)).client.health()).toEqual(health)
  })

  it.each([
    ['there is none', () => Promise.reject(new TypeError('failed to fetch'))],
    ['a static host has a page for everything', () => new Response('<!doctype html>')],
    ['a static host has no such file', () => new Response('', { status: 404 })],
    ['the answer is something else', () => json({ ...health, queue: null })],
  ])('knows no backend where %s', async (_, answer) => {
    expect(await clientOf(answer).client.health()).toBeNull()
  })

  it('asks in pieces which paths are missing', async () => {
    const paths = Array.from({ length: 45_000 }, (_, i) => `${defaultStoreDir}/${i}`)
    const { client, asked } = clientOf((_, init) => {
      const given = (JSON.parse(init!.body as string) as { paths: string[] }).paths
      return json({ missing: given.slice(0, 1) })
    })
    expect(await client.missing(paths)).toEqual([paths[0], paths[20_000], paths[40_000]])
    expect(asked.map(({ url }) => url)).toEqual(
      Array<string>(3).fill('https://tab.test/api/store/missing'),
    )
  })

  it('says what the backend says when it refuses', async () => {
    const { client } = clientOf(() => json({ error: `'${path}' is forged` }, 400))
    const signal = new AbortController().signal
    await expect(client.import(new Uint8Array(8), signal)).rejects.toThrow(`'${path}' is forged`)
  })

  it('says so where the backend answers nonsense, or not at all', async () => {
    await expect(clientOf(() => json({ missing: 1 })).client.missing([path])).rejects.toThrow(
      'makes no sense',
    )
    await expect(
      clientOf(() => new Response('oops', { status: 502 })).client.missing([path]),
    ).rejects.toThrow('answered 502')
    await expect(
      clientOf(() => Promise.reject(new TypeError('x'))).client.missing([path]),
    ).rejects.toThrow('does not answer')
  })

  describe('its cache', () => {
    const info = {
      path,
      url: 'nar/x.nar',
      compression: 'none',
      fileHash: null,
      fileSize: null,
      narHash: hashBytes('sha256', 'x'),
      narSize: 112,
      references: [],
      deriver: null,
      signatures: [],
      contentAddress: null,
    }

    it('tells of a path', async () => {
      const { client, asked } = clientOf(() => new Response(formatNarInfo(info)))
      expect(await client.narInfo(path)).toMatchObject({ path, narSize: 112 })
      expect(asked[0].url).toBe(`https://tab.test/${'a'.repeat(32)}.narinfo?compression=none`)
    })

    it('may not have it', async () => {
      expect(
        await clientOf(() => new Response('', { status: 404 })).client.narInfo(path),
      ).toBeNull()
    })

    it('may not answer for another path', async () => {
      const other = { ...info, path: `${path}y` }
      const { client } = clientOf(() => new Response(formatNarInfo(other)))
      await expect(client.narInfo(path)).rejects.toThrow(`when asked for '${path}'`)
    })

    it('gives NARs as they are or compressed with gzip', async () => {
      const bytes = Uint8Array.from({ length: 5000 }, (_, i) => i % 7)
      const plain = clientOf(() => new Response(bytes))
      expect(await plain.client.nar(path, 'nar/x.nar', 'none')).toEqual(bytes)
      expect(plain.asked[0].url).toBe('https://tab.test/nar/x.nar')
      const packed = new Response(bytes).body!.pipeThrough(new CompressionStream('gzip'))
      const { client } = clientOf(() => new Response(packed))
      expect(await client.nar(path, 'nar/x.nar.gz', 'gzip')).toEqual(bytes)
      const { client: other } = clientOf(() => new Response(bytes))
      await expect(other.nar(path, 'x', 'br')).rejects.toThrow('compressed with br')
    })
  })

  describe('of a channel', () => {
    const channel = {
      name: 'nixpkgs',
      label: '20.09',
      storePath: `${defaultStoreDir}/${'a'.repeat(32)}-source`,
      size: 5000,
      sha256: '0'.repeat(64),
      url: 'channels/abc.pack',
    }
    const bytes = Uint8Array.from({ length: 5000 }, (_, i) => i % 7)
    const { signal } = new AbortController()

    it('tells which there are', async () => {
      const shipped = { ...channel, name: 'starter', url: 'channels/starter.pack' }
      const { client } = clientOf((url) =>
        json({ channels: [url.endsWith('/channels/shipped.json') ? shipped : channel] }),
      )
      expect(await client.channels()).toEqual([shipped, channel])
      const alone = clientOf((url) =>
        url.endsWith('/api/channels')
          ? new Response('', { status: 404 })
          : json({ channels: [shipped] }),
      )
      expect(await alone.client.channels()).toEqual([shipped])
      const page = clientOf(() => new Response('<!doctype html>'))
      expect(await page.client.channels()).toBeNull()
      const elsewhere = { ...channel, url: 'https://other.test/x' }
      expect(await clientOf(() => json({ channels: [elsewhere] })).client.channels()).toBeNull()
    })

    it('gives the pack, and tells how much of it is here', async () => {
      const { client, asked } = clientOf(() => new Response(bytes))
      const told: number[] = []
      const came = new Uint8Array(bytes.length)
      for await (const received of client.pack(channel, came, signal)) told.push(received)
      expect(came).toEqual(bytes)
      expect(told.at(-1)).toBe(5000)
      expect(asked[0].url).toBe('https://tab.test/channels/abc.pack')
    })

    it('may not give more, or less, or break off', async () => {
      const ask = async (answer: () => Response) => {
        const pieces = clientOf(answer).client.pack(channel, new Uint8Array(5000), signal)
        while ((await pieces.next()).done !== true) expect(signal.aborted).toBe(false)
      }
      const broken = new ReadableStream({
        start: (controller) => {
          controller.enqueue(bytes.subarray(0, 100))
          controller.error(new TypeError('network error'))
        },
      })
      await expect(ask(() => new Response(new Uint8Array(5001)))).rejects.toThrow('is larger than')
      await expect(ask(() => new Response(bytes.subarray(1)))).rejects.toThrow('without its end')
      await expect(ask(() => new Response(broken))).rejects.toThrow('the connection broke')
      await expect(ask(() => json({ error: 'gone' }, 404))).rejects.toThrow('gone')
    })
  })
})
