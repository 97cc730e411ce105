import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { featuresOf } from '@snowglobe/worker/evaluator/evaluation-settings'
import { Fetcher } from '../fetch/fetcher'
import { startGitServer } from '../testing/git-server'
import type { TestHttpServer } from '../testing/http-server'
import { TestLfsFiles } from '../testing/lfs-files'
import { testGit } from '../testing/test-git'
import { evaluateFetching, guardedOptions, sourceOptions } from '../testing/test-sources'
import { parseLfsPointer } from './git-lfs-files'
import { lfsEndpoint } from './git-lfs-server'
import { ownGit, type RepositoryService } from './repository-program'
import { guardedGit } from './guarded-git'
import { GuardedProgram, type GuardedProgramOptions } from './guarded-program'
import { SourceCache } from './source-cache'
import { SourceFetcher } from './source-fetcher'

const oid = 'f5e02aa71e67f41d79023a128ca35bad86cf7b6656967bfe0884b3a3c4325eaf'

describe('Git LFS', () => {
  const directory = mkdtempSync(join(tmpdir(), 'snowglobe-lfs-'))
  const repositories = join(directory, 'served')
  const work = join(directory, 'work')
  const files = new TestLfsFiles()
  let server: TestHttpServer
  let warnings: string[] = []
  let caches = 0

  const git = (...args: string[]) => testGit(work, args)

  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(work, path)), { recursive: true })
    writeFileSync(join(work, path), text)
  }

  /** A branch with these files, beside a `.gitattributes`. */
  const branch = (
    name: string,
    contents: Record<string, string>,
    attributes = '*.bin filter=lfs',
  ) => {
    git('switch', '--quiet', '--orphan', name)
    write('.gitattributes', `${attributes}\n`)
    for (const [path, text] of Object.entries(contents)) write(path, text)
    git('add', '.')
    git('commit', '--quiet', '-m', name)
  }

  beforeAll(async () => {
    mkdirSync(repositories, { recursive: true })
    server = await startGitServer(repositories, files.listener)
    mkdirSync(work)
    git('init', '--quiet')
    const large = files.add('large\n')
    branch('main', {
      'a.bin': large,
      'deep/er.bin': files.add('x'.repeat(5000)),
      'again.bin': large,
      'pointer.txt': large,
      'whole.bin': 'no pointer',
      'huge.bin': 'x'.repeat(1024),
      'flake.nix': '{ inputs.self.lfs = true; outputs = { self }: { }; }',
    })
    branch('none', {
      'a.bin': `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 5\n`,
    })
    branch('one', { 'a.bin': files.add('hello') })
    const many = Array.from({ length: 101 }, (_, i) => [`${i}.bin`, files.add(`number ${i}`)])
    branch('many', Object.fromEntries(many) as Record<string, string>)
    branch(
      'exported',
      { 'a.bin': large, 'left.bin': large },
      '*.bin filter=lfs\nleft.bin export-ignore',
    )
    git('switch', '--quiet', '--orphan', 'outer')
    write('.gitmodules', '[submodule "s"]\n\tpath = s\n\turl = ../main.git\n')
    git('add', '.gitmodules')
    git('update-index', '--add', '--cacheinfo', `160000,${git('rev-parse', 'one')},s`)
    git('commit', '--quiet', '-m', 'outer')
    testGit(directory, ['clone', '--quiet', '--mirror', work, join(repositories, 'main.git')])
  })

  afterEach(() => {
    files.change = (object) => object
    files.send = (contents) => contents
    files.batches.length = files.authorizations.length = 0
  })

  afterAll(async () => {
    await server.close()
    rmSync(directory, { recursive: true, force: true })
  })

  /** With a cache of its own, unless one is named. */
  function evaluate(
    pattern: string,
    { cache = `cache-${caches++}`, program = ownGit as RepositoryService, connections = {} } = {},
  ): Promise<unknown> {
    warnings = []
    const sources = new SourceFetcher({
      ...sourceOptions,
      fetcher: new Fetcher({ attempts: 1, connections: { everything: true, ...connections } }),
      git: program,
      cache: new SourceCache(join(directory, cache)),
      maxCloneBytes: Infinity,
      local: true,
      warn: (text) => warnings.push(text),
    })
    const expression = pattern.replaceAll('URL', `${server.url}main.git`).replaceAll('DIR', work)
    const settings = { experimentalFeatures: featuresOf(['flakes', 'fetch-tree']) }
    return evaluateFetching(sources, expression, directory, settings)
  }

  const fetching = (ref: string, more = '') =>
    `fetchGit { url = "URL"; ref = "${ref}"; lfs = true; ${more} }`
  const sizes = (tree: string) =>
    `let tree = ${tree}; in builtins.mapAttrs
      (name: _: if name == "deep" then builtins.stringLength (builtins.readFile "\${tree}/deep/er.bin")
        else builtins.readFile "\${tree}/\${name}")
      (removeAttrs (builtins.readDir tree) [ ".gitattributes" "flake.nix" "huge.bin" ])`
  const guarded = (options: Partial<GuardedProgramOptions> = {}) =>
    new GuardedProgram(guardedGit, {
      ...guardedOptions,
      connections: { everything: true },
      ...options,
    })

  it.each([
    ['a person', ownGit],
    ['strangers', guarded()],
  ])('gets for %s the files that only have pointers in the repository', async (_, program) => {
    const pointer = files.add('large\n')
    expect(await evaluate(sizes(fetching('main')), { program })).toEqual({
      'a.bin': 'large\n',
      'again.bin': 'large\n',
      'pointer.txt': pointer,
      'whole.bin': 'no pointer',
      deep: 5000,
    })
    expect(warnings.sort()).toEqual([
      "encountered file '/huge.bin' that should have been a git-lfs pointer, but is too large",
      "encountered file '/whole.bin' that should have been a git-lfs pointer, but is invalid",
    ])
    expect(files.authorizations).toEqual([undefined, ...Array<string>(3).fill('Basic file')])
  })

  it('gives another tree than without it, which is as it was', async () => {
    const cache = 'both'
    const hash = (lfs: boolean) =>
      evaluate(`(fetchGit { url = "URL"; ref = "one"; lfs = ${lfs}; }).narHash`, { cache })
    const without = await hash(false)
    expect(files.batches).toEqual([])
    const withFiles = await hash(true)
    expect(withFiles).not.toBe(without)
    write('expected/.gitattributes', '*.bin filter=lfs\n')
    write('expected/a.bin', 'hello')
    expect(await evaluate(`(fetchTree { type = "path"; path = "DIR/expected"; }).narHash`)).toBe(
      withFiles,
    )
    expect(await hash(false)).toBe(without)
  })

  it('asks for many files at a time, and for none that it has', async () => {
    const cache = 'many'
    const expression = `builtins.readFile "\${${fetching('many')}}/100.bin"`
    expect(await evaluate(expression, { cache })).toBe('number 100')
    expect(files.batches).toEqual([100, 1])
    expect(await evaluate(expression, { cache })).toBe('number 100')
    expect(files.batches).toEqual([100, 1])
  })

  it('is for what is exported only, and for submodules', async () => {
    expect(await evaluate(sizes(fetching('exported')))).toEqual({ 'a.bin': 'large\n' })
    expect(files.batches).toEqual([1])
    expect(await evaluate(sizes(`"\${${fetching('outer', 'submodules = true;')}}/s"`))).toEqual({
      'a.bin': 'hello',
    })
  })

  it('is wanted by references to flakes, and by flakes of themselves', async () => {
    const read = (url: string) => `builtins.readFile "\${${url}}/a.bin"`
    const reference = 'git+URL?ref=one&lfs=1'
    expect(await evaluate(read(`fetchTree "${reference}"`))).toBe('hello')
    expect(
      await evaluate(`builtins.flakeRefToString (builtins.parseFlakeRef "${reference}")`),
    ).toBe(`git+${server.url}main.git?lfs=1&ref=one`)
    expect(await evaluate(read('builtins.getFlake "git+URL?ref=main"'))).toBe('large\n')
  })

  it('is, for a repository on this machine, where that is from, or where lfs.url says', async () => {
    const expression =
      'builtins.readFile "${fetchGit { url = "DIR"; ref = "one"; lfs = true; }}/a.bin"'
    await expect(evaluate(expression)).rejects.toThrow(
      /tells neither a remote 'origin' nor 'lfs.url'/,
    )
    git('remote', 'add', 'origin', `${server.url}main.git`)
    expect(await evaluate(expression)).toBe('hello')
    git('remote', 'set-url', 'origin', 'http://127.0.0.1:1/gone')
    git('config', 'lfs.url', `${server.url}main.git/info/lfs`)
    expect(await evaluate(expression)).toBe('hello')
    git('remote', 'remove', 'origin')
    git('config', '--unset', 'lfs.url')
  })

  it('is asked for by SSH where the repository is', async () => {
    const bin = join(directory, 'bin')
    mkdirSync(bin)
    const program = (name: string, script: string) => {
      writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`)
      chmodSync(join(bin, name), 0o755)
    }
    program(
      'ssh',
      'while test "$1" != git@there; do shift; done; shift; test "$1" != -- || shift; eval "$*"',
    )
    const answer = {
      href: `${server.url}main.git/info/lfs`,
      header: { Authorization: 'Basic door' },
    }
    program('git-lfs-authenticate', `echo "$@" >> ${bin}/asked; echo '${JSON.stringify(answer)}'`)
    const { PATH } = process.env
    process.env.PATH = `${bin}:${PATH}`
    try {
      const url = `ssh://git@there:22${repositories}/main.git`
      expect(
        await evaluate(`builtins.readFile "\${${fetching('one').replace('URL', url)}}/a.bin"`),
      ).toBe('hello')
    } finally {
      process.env.PATH = PATH
    }
    expect(files.authorizations).toEqual(['Basic door', 'Basic file'])
  })

  it.each<[string, string, Partial<Pick<TestLfsFiles, 'change' | 'send'>>, string]>([
    [
      'is not there',
      'none',
      {},
      `bad json from /info/lfs/objects/batch: {"oid":"${oid}","size":5,"error":{"code":404,"message":"Object does not exist"}} key 'actions' not found`,
    ],
    [
      'is another',
      'one',
      { send: () => 'HELLO' },
      'expected sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 but got sha256:3733cd977ff8eb18b987357e22ced99f46097f31ecb239e878ae63760e83e4d5',
    ],
    ['is too short', 'one', { send: () => 'hell' }, ': expected 5 but got 4'],
    ['is too long', 'one', { send: () => 'hello!' }, ': expected 5 but got more'],
    [
      'is said to be larger',
      'one',
      { change: (object) => ({ ...object, size: 6 }) },
      "LFS server returned mismatched oid/size for '/a.bin' (got oid=2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 size=6, expected oid=2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 size=5)",
    ],
    [
      'is to be had in another way',
      'one',
      { change: (o) => ({ ...o, actions: { download: { href: 'file:///etc/passwd' } } }) },
      "'file:///etc/passwd' is not fetched: Git LFS is, by 'https:'",
    ],
    [
      'is kept from everybody',
      'one',
      {
        change: (o) => ({
          ...o,
          actions: { download: { href: 'http://127.0.0.1/', header: { Authorization: 'a\nb' } } },
        }),
      },
      'the Authorization that a server of Git LFS told is no header',
    ],
  ])('tells of a file that %s', async (_, ref, server, message) => {
    Object.assign(files, server)
    const failure = evaluate(`"\${${fetching(ref)}}"`)
    await expect(failure).rejects.toThrow(message)
    await expect(failure).rejects.toMatchObject({
      frames: expect.arrayContaining([
        expect.objectContaining({ message: "while smudging git-lfs file '/a.bin'" }),
      ]) as unknown,
    })
  })

  it('gets for strangers no more than they may have, and only from where they may go', async () => {
    const expression = `"\${${fetching('main')}}"`
    await expect(
      evaluate(expression, { program: guarded({ maxTreeBytes: 5000 }) }),
    ).rejects.toThrow('the Git LFS files have more than 5000 bytes')
    expect(files.batches).toEqual([])
    files.change = (object) => ({
      ...(object as object),
      actions: { download: { href: 'http://10.1.2.3/file' } },
    })
    const connections = { everything: false, allowed: ['127.0.0.1'] }
    const strangers = { program: guarded({ connections }), connections }
    await expect(evaluate(expression, strangers)).rejects.toThrow(/unable to download 'http:\/\/10/)
  })

  it.each([
    ['https://h/foo/bar', 'https://h/foo/bar.git/info/lfs'],
    ['https://h/foo/bar.git', 'https://h/foo/bar.git/info/lfs'],
    ['https://h/foo/bar/', 'https://h/foo/bar.git/info/lfs'],
    ['https://h', 'https://h/.git/info/lfs'],
    ['https://h/', 'https://h/.git/info/lfs'],
    ['https://u:p@h:81/a', 'https://u:p@h:81/a.git/info/lfs'],
    ['https://h/a.git/info/lfs', 'https://h/a.git/info/lfs'],
  ])('is, of %s, at %s', (remote, endpoint) => {
    expect(lfsEndpoint(remote)).toBe(endpoint)
  })

  it.each([
    [`version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 12\n`, 12],
    [`version https://git-lfs.github.com/spec/v1\next-0-x y\noid sha256:${oid}\nsize 12`, 12],
    [`version https://git-lfs.github.com/spec/v2\noid sha256:${oid}\nsize 12\n`, null],
    [`oid sha256:${oid}\nsize 12\nversion https://git-lfs.github.com/spec/v1\n`, null],
    [`version https://git-lfs.github.com/spec/v1\noid sha256:${oid}0\nsize 12\n`, null],
    [`version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize -1\n`, null],
    ['', null],
  ])('knows pointers: %j', (text, size) => {
    expect(parseLfsPointer(text)).toEqual(size === null ? null : { oid, size })
  })
})
