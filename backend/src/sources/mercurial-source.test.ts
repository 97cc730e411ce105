import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeNar } from '@snowglobe/shared/nar'
import type { Fetched } from '@snowglobe/worker/evaluator/fetch-request'
import { Fetcher } from '../fetch/fetcher'
import { startHttpServer } from '../testing/http-server'
import { evaluateFetching, guardedOptions, sourceOptions } from '../testing/test-sources'
import { guardedMercurial } from './guarded-mercurial'
import { GuardedProgram, type GuardedProgramOptions } from './guarded-program'
import type { MercurialRequest } from './mercurial-source'
import { ownGit, ownMercurial, type RepositoryService } from './repository-program'
import { SourceCache } from './source-cache'
import { SourceFetcher } from './source-fetcher'

const withoutMercurial = spawnSync('hg', ['--version']).status !== 0

const directory = mkdtempSync(join(tmpdir(), 'snowglobe-hg-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function guarded(options: Partial<GuardedProgramOptions> = {}): GuardedProgram {
  const connections = { allowed: ['127.0.0.1'] }
  return new GuardedProgram(guardedMercurial, { ...guardedOptions, connections, ...options })
}

let caches = 0
let warnings: string[] = []

function sourcesOf(mercurial: RepositoryService, cache = `cache-${caches++}`): SourceFetcher {
  warnings = []
  return new SourceFetcher({
    ...sourceOptions,
    fetcher: new Fetcher(),
    git: ownGit,
    mercurial,
    cache: new SourceCache(join(directory, cache)),
    allowDirty: true,
    warnDirty: true,
    warn: (text) => warnings.push(text),
  })
}

const request = (url: string, more: Partial<MercurialRequest> = {}): MercurialRequest => ({
  kind: 'mercurial',
  url,
  ref: null,
  rev: null,
  ...more,
})

it('tells strangers where a server has no Mercurial', async () => {
  const { PATH } = process.env
  process.env.PATH = '/var/empty'
  try {
    const fetched = sourcesOf(guarded()).fetch(request('https://example.org/x'), 0)
    await expect(fetched).rejects.toThrow('this server has no Mercurial (hg): ask whoever runs it')
  } finally {
    process.env.PATH = PATH
  }
})

it.each([
  ['ssh://hg@example.org/x', /SSH wants a key\. .* write 'https:\/\/example\.org\/x'/],
  ['file:///tmp/x', /is not fetched here: it is a place on the machine/],
])('does not fetch %s for strangers', async (url, message) => {
  await expect(sourcesOf(guarded()).fetch(request(url), 0)).rejects.toThrow(message)
})

describe.skipIf(withoutMercurial)('a Mercurial repository', () => {
  const work = join(directory, 'work')
  let serving: ChildProcess
  let url: string

  const hg = (...args: string[]) =>
    execFileSync('hg', ['-R', work, '--config', 'ui.username=Ann', ...args], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HGRCPATH: '', HGENCODING: 'utf-8' },
    })
  const revisionOf = (what: string) => hg('log', '-r', what, '--template', '{node}')
  const write = (path: string, text: string, mode = 0o644) =>
    writeFileSync(join(work, path), text, { mode })
  const evaluate = (expression: string, mercurial: RepositoryService = ownMercurial) =>
    evaluateFetching(sourcesOf(mercurial), expression, directory, {})

  beforeAll(async () => {
    mkdirSync(join(work, 'sub'), { recursive: true })
    execFileSync('hg', ['init', work])
    write('file', 'first\n')
    write('sub/script', '#!/bin/sh\n', 0o755)
    symlinkSync('sub/script', join(work, 'link'))
    hg('add', join(work, 'file'), join(work, 'sub'), join(work, 'link'))
    hg('commit', '-m', 'one')
    hg('tag', 'v1')
    hg('branch', 'feature branch')
    write('file', 'second\n')
    hg('commit', '-m', 'two')
    hg('update', 'default')
    serving = spawn('hg', ['serve', '-R', work, '-a', '127.0.0.1', '-p', '0'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: process.env.PATH, HGRCPATH: '', HGPLAIN: '1' },
    })
    const lines = createInterface(serving.stdout!)[Symbol.asyncIterator]()
    const said = (await lines.next()).value as string
    url = `http://127.0.0.1:${/:(\d+)\//.exec(said)![1]}/`
  })

  afterAll(() => void serving.kill())

  it.each<[string, () => Partial<MercurialRequest>]>([
    ['its default branch', () => ({})],
    ['a tag', () => ({ ref: 'v1' })],
    ['a revision', () => ({ rev: revisionOf('1') })],
    ['the newest revision, of a branch with another name', () => ({ ref: 'tip' })],
  ])('is fetched for strangers as for a person: %s', async (_, more) => {
    const { tree, ...notes } = await sourcesOf(guarded()).fetch(request(url, more()), 0)
    const own = await sourcesOf(ownMercurial).fetch(request(`file://${work}`, more()), 0)
    const { tree: expected, ...expectedNotes } = own
    expect(notes).toEqual(expectedNotes)
    expect(Buffer.from(writeNar(tree)).equals(writeNar(expected))).toBe(true)
  })

  it('has its files as they are, and what is known of the revision', async () => {
    const found = await evaluate(`let f = fetchMercurial { url = "${url}"; rev = "tip"; }; in {
      inherit (f) branch rev shortRev revCount;
      names = builtins.readDir f;
      file = builtins.readFile "\${f}/file";
      script = builtins.readDir "\${f}/sub";
    }`)
    const rev = revisionOf('tip')
    expect(found).toEqual({
      branch: 'feature branch',
      rev,
      shortRev: rev.slice(0, 12),
      revCount: 2,
      names: { file: 'regular', link: 'symlink', sub: 'directory', '.hgtags': 'regular' },
      file: 'second\n',
      script: { script: 'regular' },
    })
  })

  it('is asked again when what is known is old, and not for a revision that is there', async () => {
    const cache = 'kept'
    const source = join(directory, 'moved')
    execFileSync('hg', ['clone', '--quiet', work, source])
    const fetch = (more: Partial<MercurialRequest>, ttl: number): Promise<Fetched> =>
      sourcesOf(ownMercurial, cache).fetch(request(`file://${source}`, more), ttl)
    const { rev } = await fetch({}, 60)
    renameSync(source, `${source}-away`)
    expect((await fetch({}, 60)).rev).toBe(rev)
    expect((await fetch({ rev: revisionOf('0') }, 0)).revCount).toBe(0)
    await expect(fetch({}, 0)).rejects.toThrow("program 'hg' failed with exit code 255")
    renameSync(`${source}-away`, source)
    expect((await fetch({}, 0)).rev).toBe(rev)
  })

  it('is, of a directory with changes, the files that Mercurial knows, as they are now', async () => {
    const changed = join(directory, 'changed')
    execFileSync('hg', ['clone', '--quiet', work, changed])
    const clean = `fetchMercurial ${changed}`
    expect(await evaluate(`(${clean}).rev`)).toBe(revisionOf('default'))
    expect(warnings).toEqual([])
    writeFileSync(join(changed, 'file'), 'changed\n')
    writeFileSync(join(changed, 'unknown'), 'x')
    const found = await evaluate(`let f = ${clean}; in {
      inherit (f) branch rev;
      file = builtins.readFile "\${f}/file";
      names = builtins.attrNames (builtins.readDir f);
      counted = f ? revCount;
      committed = builtins.readFile "\${fetchMercurial { url = ${changed}; rev = "default"; }}/file";
    }`)
    expect(found).toEqual({
      branch: 'default',
      rev: '0'.repeat(40),
      file: 'changed\n',
      names: ['.hgtags', 'file', 'link', 'sub'],
      counted: false,
      committed: 'first\n',
    })
    expect(warnings).toContain(`Mercurial tree '"${changed}"' is unclean`)
  })

  it('is not reached where visitors may not go, and the proxy says so', async () => {
    const fetched = sourcesOf(guarded({ connections: {} })).fetch(request(url), 0)
    await expect(fetched).rejects.toThrow(/127\.0\.0\.1.*private network/)
  })

  it('leads to nothing but the proxy, wherever it redirects to', async () => {
    let connections = 0
    const ftp = createServer((socket) => {
      connections++
      socket.end('220 hello\r\n')
    })
    await new Promise<void>((resolve) => ftp.listen(0, '127.0.0.1', resolve))
    const location = `ftp://127.0.0.1:${(ftp.address() as AddressInfo).port}/x`
    const server = await startHttpServer((_, response) =>
      response.writeHead(302, { location }).end(),
    )
    try {
      const fetched = sourcesOf(guarded()).fetch(request(server.url), 0)
      await expect(fetched).rejects.toThrow('only what the proxy lets through is reached')
      expect(server.requests.length).toBeGreaterThan(0)
      expect(connections).toBe(0)
    } finally {
      ftp.close()
      await server.close()
    }
  })

  it('may have no more bytes than are allowed, and nothing stays of one that has', async () => {
    const few = sourcesOf(guarded({ maxBytes: 300 }), 'few').fetch(request(url), 0)
    await expect(few).rejects.toThrow('no more than 300 bytes may be fetched')
    expect(readdirSync(join(directory, 'few/hg'))).toEqual([])
    const large = sourcesOf(guarded({ maxTreeBytes: 1000 })).fetch(request(url), 0)
    await expect(large).rejects.toThrow('printed more than 1000 bytes')
  })
})
