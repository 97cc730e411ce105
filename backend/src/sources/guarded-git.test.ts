import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeNar } from '@snowglobe/shared/nar'
import type { Fetched } from '@snowglobe/worker/evaluator/fetch-request'
import { Fetcher } from '../fetch/fetcher'
import { startGitServer } from '../testing/git-server'
import type { TestHttpServer } from '../testing/http-server'
import { testGit } from '../testing/test-git'
import { gitRequest, guardedOptions, sourceOptions } from '../testing/test-sources'
import { ownGit, type RepositoryService } from './repository-program'
import type { GitRequest } from './git-source'
import { guardedGit } from './guarded-git'
import { GuardedProgram, type GuardedProgramOptions } from './guarded-program'
import { SourceCache } from './source-cache'
import { SourceFetcher } from './source-fetcher'

describe('Git on behalf of strangers', () => {
  const directory = mkdtempSync(join(tmpdir(), 'snowglobe-guarded-git-'))
  const repositories = join(directory, 'served')
  const work = join(directory, 'work')
  let server: TestHttpServer
  /** Takes connections and says nothing. */
  let mute: Server
  const hashes = { first: '', second: '' }

  const git = (args: string[], input?: string) => testGit(work, args, input)

  /** A commit of a tree that is written as `git mktree` takes it, on a branch. */
  const commitTree = (branch: string, tree: string) =>
    git(['update-ref', `refs/heads/${branch}`, git(['commit-tree', '-m', branch, tree])])
  const mktree = (lines: string[]) => git(['mktree', '--missing'], `${lines.join('\n')}\n`)

  beforeAll(async () => {
    mkdirSync(work, { recursive: true })
    git(['init', '--quiet', '--initial-branch=main'])
    writeFileSync(join(work, 'file'), 'first\n')
    writeFileSync(join(work, 'left-out'), 'x')
    writeFileSync(join(work, '.gitattributes'), 'left-out export-ignore\n')
    writeFileSync(join(work, 'script'), '#!/bin/sh\n', { mode: 0o755 })
    git(['add', '.'])
    git(['commit', '--quiet', '-m', 'one'])
    git(['branch', 'bücher'])
    git(['tag', 'v1'])
    hashes.first = git(['rev-parse', 'HEAD'])
    writeFileSync(join(work, 'file'), 'second\n')
    git(['commit', '--quiet', '-a', '-m', 'two'])
    hashes.second = git(['rev-parse', 'HEAD'])

    const blob = git(['hash-object', '-w', '--stdin'], 'x'.repeat(1000))
    let tree = mktree([`100644 blob ${blob}\tfile`])
    for (let level = 0; level < 8; level++) {
      tree = mktree([...'0123456789'].map((name) => `040000 tree ${tree}\t${name}`))
    }
    commitTree('bomb', tree)
    const climbing = Buffer.concat([Buffer.from('100644 ..\0'), Buffer.from(blob, 'hex')])
    writeFileSync(join(directory, 'tree'), climbing)
    commitTree(
      'climbing',
      git(['hash-object', '-t', 'tree', '-w', '--literally', join(directory, 'tree')]),
    )
    const modules = (url: string) =>
      git(['hash-object', '-w', '--stdin'], `[submodule "s"]\n\tpath = s\n\turl = ${url}\n`)
    for (const [branch, url] of Object.entries({
      stealing: `file://${work}`,
      relative: '../main',
    })) {
      const entry = `160000 commit ${hashes.first}\ts`
      commitTree(branch, mktree([`100644 blob ${modules(url)}\t.gitmodules`, entry]))
    }
    mkdirSync(repositories)
    git(['clone', '--quiet', '--mirror', work, join(repositories, 'main')])
    server = await startGitServer(repositories)
    mute = createServer(() => {})
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
  })

  afterAll(async () => {
    await server.close()
    mute.close()
    rmSync(directory, { recursive: true, force: true })
  })

  function guarded(options: Partial<GuardedProgramOptions> = {}): GuardedProgram {
    const connections = { allowed: ['127.0.0.1'] }
    return new GuardedProgram(guardedGit, { ...guardedOptions, connections, ...options })
  }

  let caches = 0
  const newCache = () => join(directory, `cache-${caches++}`)

  function fetchWith(
    service: RepositoryService,
    request: Partial<GitRequest>,
    { cache = newCache(), maxCloneBytes = sourceOptions.maxCloneBytes } = {},
  ): Promise<Fetched> {
    const sources = new SourceFetcher({
      ...sourceOptions,
      fetcher: new Fetcher(),
      git: service,
      cache: new SourceCache(cache),
      maxCloneBytes,
    })
    return sources.fetch({ ...gitRequest(`${server.url}main`), ...request }, 0)
  }

  it.each<[string, () => Partial<GitRequest>]>([
    ['the branch that is checked out', () => ({})],
    ['another branch', () => ({ ref: 'b\u00c3\u00bccher' })],
    ['a tag', () => ({ ref: 'refs/tags/v1' })],
    ['a revision', () => ({ rev: hashes.first })],
    ['a revision without its history', () => ({ rev: hashes.first, shallow: true })],
    ['a revision that any reference has', () => ({ rev: hashes.first, allRefs: true })],
    ['what is to be exported', () => ({ exportIgnore: true })],
    ['a repository with another in it', () => ({ ref: 'relative', submodules: true })],
  ])('gets what a person would get: %s', async (_, request) => {
    const { tree, ...notes } = await fetchWith(guarded(), request())
    const { tree: expected, ...expectedNotes } = await fetchWith(ownGit, request())
    expect(notes).toEqual(expectedNotes)
    expect(Buffer.from(writeNar(tree)).equals(writeNar(expected))).toBe(true)
  })

  it('sees what is new, and keeps what it has', async () => {
    const cache = newCache()
    await fetchWith(guarded(), {}, { cache })
    const before = server.requests.length
    await fetchWith(guarded(), { ref: 'main', rev: hashes.first }, { cache })
    expect(server.requests.length).toBe(before)
    const other = await fetchWith(guarded(), { ref: 'refs/tags/v1' }, { cache })
    expect(other.rev).toBe(hashes.first)
  })

  it.each([
    [`file://${work}`, /is not fetched here: it is a place on the machine/],
    ['ssh://git@example.org:22/x', /SSH wants a key\. .* write 'https:\/\/example\.org\/x'; else/],
    ['git://example.org/x', /is not fetched here/],
    ['ext::sh -c "touch /tmp/x"', /is not fetched here/],
  ])('does not fetch %s', async (url, message) => {
    await expect(fetchWith(guarded(), { url })).rejects.toThrow(message)
  })

  it('does not follow submodules to this machine', async () => {
    const fetched = fetchWith(guarded(), { ref: 'stealing', submodules: true })
    await expect(fetched).rejects.toThrow(/'file:.*' is not fetched here/)
  })

  it('reaches no address that visitors may not reach, and says so', async () => {
    const before = server.requests.length
    const fetched = fetchWith(guarded({ connections: {} }), {})
    await expect(fetched).rejects.toThrow(/127\.0\.0\.1.*private network/)
    expect(server.requests.length).toBe(before)
  })

  it('fetches nothing where that is switched off', async () => {
    await expect(fetchWith(guarded({ enabled: false }), {})).rejects.toThrow('switched off')
  })

  it('takes no more bytes than it may', async () => {
    const fetched = fetchWith(guarded({ maxBytes: 300 }), {})
    await expect(fetched).rejects.toThrow('no more than 300 bytes may be fetched')
    const large = fetchWith(guarded({ maxTreeBytes: 10 }), {})
    await expect(large).rejects.toThrow('have more than 10 bytes')
  })

  it('is not filled by a tree that holds itself many times', async () => {
    const fetched = fetchWith(guarded(), { ref: 'bomb' })
    await expect(fetched).rejects.toThrow(/printed more than|have more than/)
  })

  it('takes no file that would lie elsewhere', async () => {
    const fetched = fetchWith(guarded(), { ref: 'climbing' })
    await expect(fetched).rejects.toThrow("'..' is no path that a file of a repository can have")
  })

  it('ends what takes too long, and leaves nothing of it', async () => {
    const cache = newCache()
    const url = `http://127.0.0.1:${(mute.address() as AddressInfo).port}/x`
    const fetched = fetchWith(guarded({ timeoutMilliseconds: 300 }), { url }, { cache })
    await expect(fetched).rejects.toThrow('took longer than')
    expect(readdirSync(join(cache, 'git'))).toEqual([])
  })

  it('gives up a clone that has no room', async () => {
    const cache = newCache()
    await fetchWith(guarded(), {}, { cache, maxCloneBytes: 10 })
    expect(readdirSync(join(cache, 'git'))).toEqual([])
    await fetchWith(guarded(), {}, { cache })
    expect(readdirSync(join(cache, 'git'))).toHaveLength(1)
  })
})
