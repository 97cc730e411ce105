/** What visitors who mean no good, and machines that are no good, do to a server. */
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { removeTree } from '../store/remove-tree'
import { importStream, WatchedBuild } from '../testing/build-client'
import { Gate } from '../testing/gate'
import { exportStream, scriptDerivation, type TestDerivation } from '../testing/nix-expressions'
import { hasSandbox, startServer, type TestServer } from '../testing/test-server'
import { dataVersion } from './data-directory'

const servers: TestServer[] = []
const start = async (options: Parameters<typeof startServer>[0] = {}) => {
  const server = await startServer(options)
  servers.push(server)
  return server
}
afterEach(async () => {
  vi.useRealTimers()
  for (const server of servers.splice(0)) await server.close()
})

const health = async ({ url }: TestServer) => (await fetch(new URL('/api/health', url))).status
const address = ({ url }: TestServer) => {
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port) }
}

/** A connection that says this and no more; gives what it hears until the end. */
const say = (server: TestServer, text: string) => {
  const socket = connect(address(server))
  socket.write(text)
  let heard = ''
  socket.on('data', (bytes) => (heard += bytes.toString()))
  socket.on('error', () => {})
  return new Promise<string>((resolve) => socket.once('close', () => resolve(heard)))
}

let counter = 0
const small = (text: string) => scriptDerivation(`survive-${counter++}`, `echo ${text} > $out`)

describe('a server', () => {
  it('ends an upload that never comes to its end, and says which limit that was', async () => {
    const server = await start({ publicLimits: { uploadSeconds: 1, uploads: 1 } })
    const heard = await say(
      server,
      'POST /api/store/import HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n' +
        'Content-Type: application/octet-stream\r\n\r\n\x01',
    )
    expect(heard).toContain('408')
    expect(heard).toContain('limit uploadSeconds = 1')
    // Its place is free again.
    expect((await importStream(server.url, exportStream(small('x')))).status).toBe(200)
  })

  it('takes one upload at a time of each where there may be so many, and no larger ones', async () => {
    const server = await start({
      publicLimits: { visitorUploads: 1, uploadBytes: 20_000, uploadPaths: 2 },
    })
    const waiting = connect(address(server))
    waiting.on('error', () => {})
    waiting.write(
      'POST /api/store/import HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n' +
        'Content-Type: application/octet-stream\r\n\r\n',
    )
    await expect.poll(() => server.visitors()).toBe(1)
    expect(await importStream(server.url, exportStream(small('x')))).toMatchObject({
      status: 429,
      error:
        'you may have no more uploads at a time (limit visitorUploads = 1); end one of them first',
    })
    waiting.destroy()
    await expect.poll(() => server.visitors()).toBe(0)
    expect((await importStream(server.url, exportStream(small('x')))).status).toBe(200)
    expect(
      await importStream(server.url, exportStream(small('x'), small('y'), small('z'))),
    ).toMatchObject({ status: 422, error: expect.stringContaining('limit uploadPaths = 2') })
    expect(await importStream(server.url, new Uint8Array(20_001))).toMatchObject({
      status: 413,
      error: 'this is larger than 20000 bytes (limit uploadBytes = 20000); send less at a time',
    })
    const question = await fetch(new URL('/api/store/missing', server.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ paths: ['x'.repeat(2 ** 23)] }),
    })
    expect(await question.json()).toEqual({
      error:
        'this is larger than the 8388608 bytes that a question may have; ask for less at a time',
    })
  })

  it('answers while 2,000 connections are open that say nothing', async () => {
    const server = await start()
    const sockets: Socket[] = []
    for (let opened = 0; opened < 2000; opened += 100)
      await Promise.all(
        Array.from({ length: 100 }, () => {
          const socket = connect(address(server))
          sockets.push(socket)
          socket.on('error', () => {})
          return new Promise((resolve) => socket.once('connect', resolve))
        }),
      )
    expect(await health(server)).toBe(200)
    for (const socket of sockets) socket.destroy()
  }, 60_000)

  it('survives visitors who break a connection that it refuses, and waits for none of them', async () => {
    const server = await start()
    const request =
      'GET /api/nothing HTTP/1.1\r\nHost: 127.0.0.1\r\n' +
      'Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
    const socket = connect(address(server))
    socket.on('error', () => {})
    socket.write(request)
    await new Promise((resolve) => socket.once('data', resolve))
    socket.resetAndDestroy()
    expect(await say(server, request)).toContain('404')
    expect(await health(server)).toBe(200)
  })

  it.skipIf(!hasSandbox)('gives one visitor so many WebSockets and no more', async () => {
    const server = await start({ publicLimits: { visitorSockets: 3 } })
    const url = new URL('/api/builds', server.url.replace(/^http/, 'ws'))
    const open = () =>
      new Promise<WebSocket | number>((resolve) => {
        const socket = new WebSocket(url)
        socket.on('open', () => resolve(socket))
        socket.on('unexpected-response', (_, { statusCode = 0 }) => resolve(statusCode))
        socket.on('error', () => {})
      })
    const opened = [await open(), await open(), await open()] as WebSocket[]
    expect(await open()).toBe(429)
    opened[0]!.close()
    await expect.poll(async () => typeof (await open())).toBe('object')
  })

  it.skipIf(!hasSandbox)('gives one visitor so many builds and no more', async () => {
    const server = await start({ publicLimits: { visitorBuilds: 1 } })
    const slow = await server.start(scriptDerivation('survive-slow', 'sleep 1000'))
    await slow.until(({ messages }) => messages.some((m) => m.type === 'state'))
    expect((await server.build(small('x'))).failure).toMatchObject({
      kind: 'refused',
      limit: 'visitorBuilds',
      message:
        'you may have no more requests to build at a time (limit visitorBuilds = 1); end one of them first',
    })
    slow.stop()
    await slow.end()
    expect((await server.build(small('x'))).failure).toBeNull()
  })

  it.skipIf(!hasSandbox)('lets so many builds wait and no more', async () => {
    const server = await start({ jobs: 1, publicLimits: { queueLength: 1 } })
    const slow = () => scriptDerivation(`survive-${counter++}`, 'sleep 1000')
    const running = await server.start(slow())
    await running.until(({ messages }) =>
      messages.some((m) => m.type === 'state' && m.state === 'building'),
    )
    const waiting = await server.start(slow())
    await waiting.until(({ messages }) => messages.some((m) => m.type === 'queued'))
    expect((await server.build(small('x'))).failure).toMatchObject({
      kind: 'refused',
      limit: 'queueLength',
      message: 'too many builds are waiting (limit queueLength = 1); try again in a while',
    })
    const metrics = await (await fetch(new URL('/metrics', server.url))).text()
    expect(metrics).toMatch(/^snowglobe_refusals_total\{limit="queueLength"\} 1$/m)
    for (const build of [running, waiting]) build.stop()
    for (const build of [running, waiting]) await build.end()
  })

  it.skipIf(!hasSandbox)('lets nobody wait for all that another wants', async () => {
    const server = await start({ proxies: 1, jobs: 1 })
    const ended: string[] = []
    const gate = new Gate()
    const build = async (visitor: string, name: string, script = ':') => {
      const drv = scriptDerivation(`survive-${name}`, `${script}; echo > $out`)
      await importStream(server.url, exportStream(drv))
      const derivations = [{ path: drv.path, outputs: ['out'] }]
      const watched = new WatchedBuild(server.url, derivations, { 'x-forwarded-for': visitor })
      await watched.admitted()
      const end = watched.end().then(({ messages, failure }) => {
        expect(failure).toBeNull()
        ended.push(name)
        return messages.flatMap((m) => (m.type === 'queued' ? [m.position] : []))
      })
      return { end }
    }
    const many = [await build('10.0.0.1', 'a1', gate.script), await build('10.0.0.1', 'a2')]
    many.push(await build('10.0.0.1', 'a3'))
    const one = await build('10.0.0.2', 'b')
    await gate.open(server)
    expect(await one.end).toEqual([1])
    expect(await Promise.all(many.map(({ end }) => end))).toEqual([[], [1, 2, 1], [2, 3, 2, 1]])
    expect(ended).toEqual(['a1', 'b', 'a2', 'a3'])
  })

  it('tells visitors behind its proxy apart, and believes nothing else of the header', async () => {
    const upload = (server: TestServer, forwarded: string) => {
      const socket = connect(address(server))
      socket.on('error', () => {})
      let heard = ''
      socket.on('data', (bytes) => (heard += bytes.toString()))
      socket.write(
        'POST /api/store/import HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n' +
          'Content-Type: application/octet-stream\r\n' +
          `X-Forwarded-For: ${forwarded}\r\n\r\n`,
      )
      return { socket, isRefused: () => heard.includes(' 429 ') }
    }
    const server = await start({ proxies: 1, publicLimits: { visitorUploads: 1, uploads: 10 } })
    const one = upload(server, 'spoofed, 10.0.0.1')
    await expect.poll(() => server.visitors()).toBe(1)
    const same = upload(server, 'other, 10.0.0.1')
    await expect.poll(same.isRefused).toBe(true)
    const other = upload(server, '10.0.0.2')
    // One household has a network of version 6.
    const six = upload(server, '2001:db8:1:2::1')
    await expect.poll(() => server.visitors()).toBe(3)
    const sixToo = upload(server, '2001:db8:1:2:ffff::2')
    await expect.poll(sixToo.isRefused).toBe(true)
    expect([one, other, six].map(({ isRefused }) => isRefused())).toEqual([false, false, false])
    for (const { socket } of [one, same, other, six, sixToo]) socket.destroy()
  })

  it('takes nothing while its disk is nearly full, and says so', async () => {
    const server = await start({ publicLimits: { freeBytes: 2 ** 60 } })
    expect(await importStream(server.url, exportStream(small('x')))).toMatchObject({
      status: 507,
      error: expect.stringContaining(`limit freeBytes = ${2 ** 60}`),
    })
    if (hasSandbox) {
      const { path } = small('x')
      const build = new WatchedBuild(server.url, [{ path, outputs: ['out'] }])
      expect((await build.end()).failure).toMatchObject({ kind: 'refused', limit: 'freeBytes' })
      const shell = new WebSocket(new URL('/api/shell', server.url.replace(/^http/, 'ws')))
      const request = { type: 'open', derivation: path, directory: 'empty', columns: 80, rows: 24 }
      shell.on('open', () => shell.send(JSON.stringify(request)))
      const answer = await new Promise((resolve) => shell.once('message', resolve))
      expect(JSON.parse(String(answer))).toMatchObject({ type: 'ended', limit: 'freeBytes' })
    }
    expect(await health(server)).toBe(200)
  })

  const isRoot = process.getuid?.() === 0
  it.skipIf(!isRoot || !hasSandbox)('survives a disk that is full', async () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), 'snowglobe-full-'))
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'full', dataDirectory])
    expect(mounted.status).toBe(0)
    try {
      const server = await startServer({ dataDirectory, publicLimits: { freeBytes: 1 } })
      try {
        const { failure } = await server.build(
          scriptDerivation('survive-full', 'head -c 100000000 /dev/zero > $out'),
        )
        expect(failure?.kind).toBe('builder-failed')
        // The failed build's directory is kept for shells, but not what it wrote of its output.
        expect((await server.build(small('again'))).failure).toBeNull()
      } finally {
        await server.close().catch(() => {})
      }
    } finally {
      spawnSync('umount', ['-l', dataDirectory])
      rmdirSync(dataDirectory)
    }
  })

  it.skipIf(!hasSandbox)('builds on when the clock jumps', async () => {
    const server = await start({ limits: { wallClockSeconds: 30, silenceSeconds: 10 } })
    vi.useFakeTimers({ toFake: ['Date'] })
    const ticking = scriptDerivation('survive-clock', 'echo start; sleep 1; echo > $out')
    const build = await server.start(ticking)
    await build.until(({ log }) => log.includes('start'))
    vi.setSystemTime(new Date('2100-01-01'))
    expect((await build.end()).failure).toBeNull()
    vi.setSystemTime(new Date('1980-01-01'))
    expect((await server.build(small('past'))).failure).toBeNull()
  })

  it.skipIf(!hasSandbox)('keeps what was asked for, and lets go of it in the end', async () => {
    const server = await start({
      tokens: ['a long and secret token'.replaceAll(' ', '-')],
      publicLimits: { storeBytes: 1, rootSeconds: 3600 },
    })
    const drv = small('kept')
    const { outputs } = await server.build(drv)
    const path = outputs![0]!.path
    const file = join(server.dataDirectory, path)
    const collect = (token: string) =>
      fetch(new URL('/api/administration/collect-garbage', server.url), {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      })
    expect((await collect('another-secret-token')).status).toBe(401)
    expect(existsSync(file)).toBe(true)
    const link = join(server.dataDirectory, 'nix/var/nix/gcroots/snowglobe', path.slice(11))
    await expect.poll(() => existsSync(file) && readlinkSync(link)).toBe(path)
    // The limit can only be kept by letting go: the oldest first.
    expect((await collect('a-long-and-secret-token')).status).toBe(200)
    expect(existsSync(file)).toBe(false)
    expect((await server.build(drv)).failure).toBeNull()
  })

  it.skipIf(!hasSandbox)(
    'keeps what was sent until somebody has had time to ask for it',
    async () => {
      const server = await start({
        tokens: ['0123456789abcdef'],
        publicLimits: { storeBytes: 1, sentSeconds: 60, sentBytes: 3 * 4096 },
      })
      const collect = () =>
        fetch(new URL('/api/administration/collect-garbage', server.url), {
          method: 'POST',
          headers: { authorization: 'Bearer 0123456789abcdef' },
        })
      const missing = async (...those: TestDerivation[]) => {
        const response = await fetch(new URL('/api/store/missing', server.url), {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ paths: those.map(({ path }) => path) }),
        })
        return ((await response.json()) as { missing: string[] }).missing
      }
      // Its clock stands still.
      vi.useFakeTimers({ toFake: ['performance'] })
      const [one, two, three, four] = ['1', '2', '3', '4'].map(small) as TestDerivation[]
      await importStream(server.url, exportStream(one!, two!))
      await collect()
      expect(await missing(one!, two!)).toEqual([])
      // One that is sent again is kept again; the first one has to make room.
      await importStream(server.url, exportStream(three!, four!, two!))
      await collect()
      expect(await missing(one!, two!, three!, four!)).toEqual([one!.path])
      const derivations = [{ path: two!.path, outputs: ['out'] }]
      expect((await new WatchedBuild(server.url, derivations).end()).failure).toBeNull()
      vi.advanceTimersByTime(61_000)
      const isThere = async () => {
        await collect()
        return existsSync(join(server.dataDirectory, three!.path))
      }
      await expect.poll(isThere).toBe(false)
    },
  )

  it('is for those who know a token where the operator wants that', async () => {
    const server = await start({ tokens: ['0123456789abcdef'], push: 'tokens' })
    const stream = exportStream(small('x'))
    expect((await importStream(server.url, stream)).status).toBe(401)
    const send = (token: string) =>
      fetch(new URL('/api/store/import', server.url), {
        method: 'POST',
        headers: {
          'content-type': 'application/octet-stream',
          authorization: `Bearer ${token}`,
        },
        body: new Uint8Array(stream),
      })
    expect((await send('0123456789abcdeX')).status).toBe(401)
    expect((await send('0123456789abcdef')).status).toBe(200)
    expect((await fetch(new URL('/metrics', server.url))).status).toBe(401)
  })

  it('tells Prometheus how it is, and nobody who was there', async () => {
    const lines: string[] = []
    const server = await start({ requestLog: 'json', logRequest: (line) => lines.push(line) })
    await importStream(server.url, exportStream(small('x')))
    await fetch(new URL(`/${'0'.repeat(32)}.narinfo`, server.url))
    const metrics = await (await fetch(new URL('/metrics', server.url))).text()
    expect(metrics).toMatch(/^snowglobe_http_requests_total\{route="store",status="200"\} 1$/m)
    expect(metrics).toMatch(/^snowglobe_store_bytes \d+$/m)
    const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(entries.slice(0, 2).map(({ route, status }) => [route, status])).toEqual([
      ['store', 200],
      ['cache', 404],
    ])
    expect(lines.join()).not.toMatch(/127\.0\.0\.1|0{32}/)
  })

  it('lists its store to nobody, and names no directory of its machine', async () => {
    const server = await start()
    for (const path of ['/nix/store', '/nix/store/', '/nar/', '/log/', '/api/store', '/.data']) {
      const response = await fetch(new URL(path, server.url))
      expect(response.status).toBe(404)
      expect(await response.text()).not.toContain(server.dataDirectory)
    }
    const bad = await importStream(server.url, new Uint8Array(100))
    expect(JSON.stringify(bad)).not.toContain(server.dataDirectory)
  })

  it('takes over a data directory of an older version, and leaves a newer one alone', async () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), 'snowglobe-version-'))
    mkdirSync(join(dataDirectory, 'nix'))
    await (await startServer({ dataDirectory })).stop()
    const file = join(dataDirectory, 'version')
    expect(readFileSync(file, 'utf8')).toBe(`${dataVersion}\n`)
    writeFileSync(file, `${dataVersion + 1}\n`)
    await expect(startServer({ dataDirectory })).rejects.toThrow('was written by a newer Snowglobe')
    writeFileSync(file, 'x')
    await expect(startServer({ dataDirectory })).rejects.toThrow('should hold a number')
    await removeTree(dataDirectory)
  })
})
