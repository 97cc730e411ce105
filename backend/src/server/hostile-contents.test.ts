/** What visitors send, fetch and build that is meant to do harm where it is read, unpacked or kept. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pathOfContentAddress } from '@snowglobe/shared/content-address'
import { writeExportStream, type ExportedPath } from '@snowglobe/shared/export-stream'
import { writeNar } from '@snowglobe/shared/nar'
import { defaultStoreDir } from '@snowglobe/shared/store-path'
import { defaultFetchSettings } from '../fetch/fetch-settings'
import { DiskStore } from '../store/disk-store'
import { importStream, WatchedBuild } from '../testing/build-client'
import { startHttpServer, type TestHttpServer } from '../testing/http-server'
import { exportStream, scriptDerivation } from '../testing/nix-expressions'
import { hasSandbox, startServer, type TestServer } from '../testing/test-server'

let server: TestServer
let web: TestHttpServer
const files = new Map<string, Uint8Array>()

beforeAll(async () => {
  web = await startHttpServer((request, response) => {
    const file = files.get(request.url ?? '')
    if (file === undefined) response.writeHead(404).end()
    else response.end(file)
  })
  server = await startServer({
    proxies: 1,
    fetch: { ...defaultFetchSettings, hashedMirrors: [], allowed: [`127.0.0.1:${web.port}`] },
  })
})
afterAll(async () => {
  await server.close()
  await web.close()
})

/** Everything that there is in the store, registered or not. */
const inStore = ({ dataDirectory } = server) =>
  readdirSync(join(dataDirectory, 'nix/store')).filter((name) => name !== '.links')

/** Under the path that these bytes make, whatever they are. */
function exported(name: string, nar: Uint8Array): ExportedPath {
  const bytes = new Uint8Array(createHash('sha256').update(nar).digest())
  const address = { method: 'recursive' as const, hash: { algorithm: 'sha256' as const, bytes } }
  const path = pathOfContentAddress(defaultStoreDir, address, name, [])
  return { path, references: [], deriver: null, nar }
}

/** An archive put together by hand: each text as a string of the format. */
function archive(...texts: string[]): Uint8Array {
  return Buffer.concat(
    ['nix-archive-1', ...texts].map((text) => {
      const string = Buffer.alloc(8 + Math.ceil(text.length / 8) * 8)
      string.writeUInt32LE(text.length)
      string.write(text, 8, 'latin1')
      return string
    }),
  )
}
const file = ['(', 'type', 'regular', 'contents', 'x', ')']
const link = (target: string) => ['(', 'type', 'symlink', 'target', target, ')']
const entry = (name: string, node: string[]) => ['entry', '(', 'name', name, 'node', ...node, ')']
const directory = (...entries: string[][]) => ['(', 'type', 'directory', ...entries.flat(), ')']
const nested = (depth: number) =>
  [
    ...Array.from({ length: depth }, () => [
      '(',
      'type',
      'directory',
      'entry',
      '(',
      'name',
      'd',
      'node',
    ]),
    file,
    ...Array.from({ length: depth }, () => [')', ')']),
  ].flat()
const oddPadding = archive(...file)
oddPadding[oddPadding.length - 17] = 1

describe('an uploaded archive', () => {
  it.each<[string, Uint8Array]>([
    [
      'writes through a link of its own',
      archive(...directory(entry('x', link('/etc')), entry('x', directory(entry('y', file))))),
    ],
    ['has two of a name', archive(...directory(entry('x', file), entry('x', file)))],
    ['is not sorted', archive(...directory(entry('b', file), entry('a', file)))],
    ['nests too deeply', archive(...nested(64))],
    ['nests without end', archive(...nested(5000))],
    ...['', '.', '..', 'a/b', '../../x', '/etc/x', 'a\0b', 'n'.repeat(256)].map(
      (name): [string, Uint8Array] => [
        `has a file called ${JSON.stringify(name.slice(0, 8))}`,
        archive(...directory(entry(name, file))),
      ],
    ),
    ['has a link to nothing', archive(...link(''))],
    ['has a link with a NUL', archive(...link('a\0b'))],
    ['has a link that is too long', archive(...link('t'.repeat(4096)))],
    ['has padding that is not zero', oddPadding],
    ['is cut off', archive(...file).subarray(0, -8)],
    ['goes on behind its end', Buffer.concat([archive(...file), Buffer.alloc(8)])],
    ['has another root', archive(...file, ...file)],
    [
      'is executable too late',
      archive('(', 'type', 'regular', 'contents', 'x', 'executable', '', ')'),
    ],
    [
      'names what it holds too late',
      archive('(', 'type', 'directory', 'entry', '(', 'node', ...file, 'name', 'x', ')', ')'),
    ],
    ['holds a device', archive('(', 'type', 'device', ')')],
    ['has a tag without end', archive('(', 'type', 't'.repeat(10_000))],
    ['is larger than there are bytes', archive('(', 'type', 'regular', 'contents').subarray()],
  ])('is refused that %s', async (_what, nar) => {
    const before = inStore()
    const { status, error } = await importStream(
      server.url,
      writeExportStream([exported('hostile', nar)]),
    )
    expect(status).toBe(422)
    expect(error).not.toContain(server.dataDirectory)
    expect(inStore()).toEqual(before)
  })
})

describe('an archive that an evaluation fetches', () => {
  const ask = async (name: string, contents: Uint8Array) => {
    files.set(`/${name}`, contents)
    const response = await fetch(new URL('/api/fetch', server.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'tarball', url: web.url + name, ttl: 0 }),
    })
    return { status: response.status, text: await response.text() }
  }
  const tar = (...members: { name: string; type?: string; link?: string; size?: number }[]) =>
    Buffer.concat([...members.map(tarHeader), Buffer.alloc(1024)])
  const tarHeader = ({ name, type = '0', link = '', size = 0 }: Parameters<typeof tar>[0]) => {
    const header = Buffer.alloc(512)
    header.write(name, 0)
    header.write('0000644\0', 100)
    header.write(size.toString(8).padStart(11, '0'), 124)
    header.write('        ', 148)
    header.write(type, 156)
    header.write(link, 157)
    header.write('ustar\x0000', 257)
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    return header
  }

  it.each<[string, Buffer]>([
    ['a way out', tar({ name: '../outside' })],
    ['an absolute name', tar({ name: '/etc/outside' })],
    ['a file behind its own link', tar({ name: 'a', type: '2', link: '/etc' }, { name: 'a/x' })],
    ['a second name for what is outside', tar({ name: 'a', type: '1', link: '../../etc/passwd' })],
    ['a device', tar({ name: 'a', type: '3' })],
    ['more than is there', tar({ name: 'a', size: 2 ** 32 })],
  ])('is refused with %s', async (what, contents) => {
    const { status, text } = await ask(`${what.replaceAll(' ', '-')}.tar`, contents)
    expect(status).toBe(422)
    expect(text).toContain('cannot unpack')
    expect(text).not.toContain(server.dataDirectory)
  })

  it('is refused when it unpacks to more than may be held', async () => {
    // A thousandth of its size, compressed twice over: 1.2 GiB of zeros.
    const zeros = gzipSync(Buffer.alloc(2 ** 24))
    const bomb = Buffer.concat(Array.from({ length: 77 }, () => zeros))
    const before = process.memoryUsage().rss
    const { status, text } = await ask('bomb.tar.gz', bomb)
    expect(status).toBe(422)
    expect(text).toContain('unpacks to more than 1073741824 bytes')
    expect(process.memoryUsage().rss - before).toBeLessThan(3 * 2 ** 30)
  }, 60_000)
})

describe.skipIf(!hasSandbox)('an output that cannot be kept', () => {
  const token = '0123456789abcdef'
  let full: TestServer
  beforeAll(async () => {
    full = await startServer({
      tokens: [token],
      publicLimits: { storeBytes: 1, sentSeconds: 1, keptBuilds: 0 },
    })
  })
  afterAll(() => full.close())
  const collect = () =>
    fetch(new URL('/api/administration/collect-garbage', full.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    })

  it.each([
    ['nests deeper than an archive may', 70, 'd'],
    ['has names that are longer together than a path may be', 60, 'd'.repeat(200)],
  ])('is removed without a trace if it %s', async (_what, depth, name) => {
    const drv = scriptDerivation(
      `deep-${depth}`,
      `mkdir $out; cd $out; i=0; while [ $i -lt ${depth} ]; do mkdir ${name}; cd ${name}; i=$((i+1)); done`,
    )
    const { failure } = await full.build(drv)
    expect(failure?.kind).toBe('output-rejected')
    expect(failure?.message).toContain(depth > 64 ? 'deep' : 'than the 4095 bytes')
    const left = async () => {
      await collect()
      return inStore(full).filter((path) => path.includes('-deep-'))
    }
    await expect.poll(left).toEqual([])
    const builds = readdirSync(join(full.dataDirectory, 'builds'))
    expect(builds.filter((other) => other.startsWith('build-'))).toEqual([])
  })
})

describe.skipIf(!hasSandbox)('an output', () => {
  it('of a fixed hash is copied to where no link of its builder leads', async () => {
    const victims = mkdtempSync(join(tmpdir(), 'snowglobe-victims-'))
    const victim = join(victims, 'victim')
    writeFileSync(victim, 'untouched')
    const drv = scriptDerivation('copied', `ln -s ${victims} $out.fresh; printf x > $out`, {
      change: (derivation) =>
        derivation.outputs.set('out', {
          path: '',
          hashAlgorithm: 'sha256',
          hash: createHash('sha256').update('x').digest('hex'),
        }),
    })
    const { failure } = await server.build(drv)
    expect(failure).toBeNull()
    expect(readdirSync(victims)).toEqual(['victim'])
    expect(readFileSync(victim, 'utf8')).toBe('untouched')
    rmSync(victims, { recursive: true })
  })

  it('of one visitor is what another gets, and neither can change it', async () => {
    const drv = scriptDerivation('shared', 'cat /proc/sys/kernel/random/uuid > $out')
    const derivations = [{ path: drv.path, outputs: ['out'] }]
    const buildAs = async (visitor: string) => {
      await importStream(server.url, exportStream(drv))
      return new WatchedBuild(server.url, derivations, { 'x-forwarded-for': visitor }).end()
    }
    const one = await buildAs('10.1.0.1')
    const { path, narHash } = one.outputs![0]!
    const states = ({ messages }: typeof one) =>
      messages.flatMap((m) => (m.type === 'state' ? [m.state] : []))
    expect(states(one)).toContain('building')
    // Its contents under its path: neither a text nor a source nor a fixed output makes it.
    const forged = {
      ...exported(
        'shared',
        writeNar({ type: 'regular', executable: false, contents: Buffer.from('evil') }),
      ),
      path,
    }
    const sent = await importStream(server.url, writeExportStream([forged]))
    expect(sent.status === 200 ? sent.imported : []).toEqual([])
    const other = await buildAs('10.1.0.2')
    expect(states(other)).toEqual(['present'])
    expect(other.outputs![0]).toMatchObject({ path, narHash })
    const place = join(server.dataDirectory, path)
    expect(statSync(place).mode & 0o222).toBe(0)
    // A builder that needs it sees it, and cannot write there.
    const user = scriptDerivation('vandal', 'echo evil > $it; cat $it > $out', {
      inputs: [drv],
      environment: { it: path },
    })
    expect((await server.build(drv, user)).log).toContain('Read-only file system')
    expect((await buildAs('10.1.0.1')).outputs![0]).toMatchObject({ path, narHash })
  })
})

const isRoot = process.getuid?.() === 0
it.skipIf(!isRoot)('an upload that does not fit on the disk leaves nothing behind', async () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'snowglobe-full-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'full', dataDirectory])
  expect(mounted.status).toBe(0)
  try {
    const full = await startServer({ dataDirectory, publicLimits: { freeBytes: 1 } })
    try {
      const large = writeNar({
        type: 'regular',
        executable: false,
        contents: Buffer.alloc(2 ** 25, 'x'),
      })
      const { status, error } = await importStream(
        full.url,
        writeExportStream([exported('large', large)]),
      )
      expect(status).toBeGreaterThanOrEqual(500)
      expect(error).not.toContain(dataDirectory)
      expect(existsSync(join(dataDirectory, exported('large', large).path))).toBe(false)
      const small = writeNar({ type: 'regular', executable: false, contents: Buffer.from('x') })
      const after = await importStream(full.url, writeExportStream([exported('small', small)]))
      expect(after.status).toBe(200)
    } finally {
      await full.close().catch(() => {})
    }
    const store = await DiskStore.open(dataDirectory, defaultStoreDir)
    expect(await store.verify({ checkContents: true })).toEqual([])
    store.close()
  } finally {
    spawnSync('umount', ['-l', dataDirectory])
    rmdirSync(dataDirectory)
  }
})
