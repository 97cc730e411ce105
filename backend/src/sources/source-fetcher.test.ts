import { execFile, execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { featuresOf } from '@snowglobe/worker/evaluator/evaluation-settings'
import { nixVersion, withoutNix } from '../../../tests/real-nix'
import { Fetcher } from '../fetch/fetcher'
import { startHttpServer, type TestHttpServer } from '../testing/http-server'
import { testGit } from '../testing/test-git'
import { evaluateFetching, sourceOptions } from '../testing/test-sources'
import { zipFile } from '../testing/zip-file'
import { ownGit } from './repository-program'
import { SourceCache } from './source-cache'
import { SourceFetcher } from './source-fetcher'

describe('sources', () => {
  let directory: string
  let server: TestHttpServer
  let warnings: string[]
  let etag = '"1"'
  const served = new Map<string, Buffer>()

  const git = (repository: string, ...args: string[]) => testGit(repository, args)

  const write = (path: string, text: string) => writeFileSync(join(directory, path), text)

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'snowglobe-sources-'))
    const repository = join(directory, 'repository')
    mkdirSync(join(repository, 'sub'), { recursive: true })
    git(repository, 'init', '--quiet', '--initial-branch=main')
    write('repository/flake.nix', '{ outputs = { self }: { value = 1; rev = self.rev or null; }; }')
    write('repository/sub/script', '#!/bin/sh\n')
    execFileSync('chmod', ['+x', join(repository, 'sub/script')])
    execFileSync('ln', ['-s', 'sub/script', join(repository, 'link')])
    write('repository/left-out', 'x')
    write('repository/.gitattributes', 'left-out export-ignore\n')
    git(repository, 'add', '.')
    git(repository, 'commit', '--quiet', '-m', 'one')
    git(repository, 'branch', 'old')
    git(repository, 'tag', 'v1')
    write('repository/second', 'second')
    git(repository, 'add', '.')
    git(repository, 'commit', '--quiet', '-m', 'two')
    git(directory, 'clone', '--quiet', '--bare', repository, 'bare')
    execFileSync('cp', ['-a', repository, join(directory, 'dirty')])
    write('dirty/second', 'changed')
    write('dirty/unknown', 'not known to Git')

    const tree = join(directory, 'tree')
    mkdirSync(join(tree, 'top/inner'), { recursive: true })
    write('tree/top/default.nix', '{ a = 1; }')
    write('tree/top/inner/x', 'x')
    for (const path of ['top/default.nix', 'top/inner/x', 'top/inner', 'top', '.']) {
      utimesSync(join(tree, path), 1_500_000_000, 1_500_000_000)
    }
    for (const [name, flag] of Object.entries({ 'tar.gz': 'z', 'tar.xz': 'J', 'tar.bz2': 'j' })) {
      const file = join(directory, name)
      execFileSync('tar', [`c${flag}f`, file, '-C', tree, 'top'])
      served.set(`/top.${name}`, readFileSync(file))
    }
    execFileSync('tar', [
      'cf',
      join(directory, 'flat'),
      '-C',
      join(tree, 'top'),
      'default.nix',
      'inner',
    ])
    served.set('/flat.tar', readFileSync(join(directory, 'flat')))
    const zipped = (name: string, contents: string, mode: number) => ({ name, contents, mode })
    served.set(
      '/top.zip',
      zipFile([
        zipped('top/default.nix', '{ a = 2; }', 0o100644),
        zipped('top/script', '#!/bin/sh', 0o100755),
        zipped('top/link', 'script', 0o120777),
      ]),
    )
    served.set('/file.txt', Buffer.from('hello'))
    served.set('/broken.tar.gz', served.get('/top.tar.gz')!.subarray(0, 50))
    server = await startHttpServer((request, response) => {
      const body =
        request.headers['private-token'] === 'key'
          ? Buffer.from('seen')
          : served.get(request.url ?? '')
      if (body === undefined) return void response.writeHead(404).end()
      if (request.headers['if-none-match'] === etag) return void response.writeHead(304).end()
      response.writeHead(200, { etag }).end(body)
    })
  })

  afterAll(async () => {
    await server.close()
    execFileSync('chmod', ['-R', 'u+w', directory])
    rmSync(directory, { recursive: true, force: true })
  })

  function evaluate(expression: string, options: { cache?: string; ttl?: number } = {}) {
    warnings = []
    const sources = new SourceFetcher({
      ...sourceOptions,
      fetcher: new Fetcher({ files: true, attempts: 1, connections: { everything: true } }),
      git: ownGit,
      cache: new SourceCache(join(directory, options.cache ?? 'cache')),
      maxCloneBytes: Infinity,
      local: true,
      allowDirty: true,
      warnDirty: true,
      warn: (text) => warnings.push(text),
    })
    const settings = {
      experimentalFeatures: featuresOf(['flakes']),
      ...(options.ttl === undefined ? {} : { tarballTtl: options.ttl }),
    }
    return evaluateFetching(sources, expression, directory, settings, (text) => warnings.push(text))
  }

  /** What real Nix says. It asks the server of this very process. */
  const real = async (expression: string): Promise<unknown> => {
    const { stdout } = await promisify(execFile)(
      'nix-instantiate',
      [
        ...['--eval', '--strict', '--json', '--read-write-mode', '--expr', expression],
        ...['--store', join(directory, 'root'), '--option', 'substituters', ''],
        ...['--extra-experimental-features', 'flakes fetch-tree nix-command'],
      ],
      {
        encoding: 'utf8',
        timeout: 60_000,
        env: { PATH: process.env.PATH, HOME: join(directory, 'home'), NIX_PATH: '' },
      },
    )
    return JSON.parse(stdout)
  }

  describe.skipIf(nixVersion === null)(
    `are what real Nix fetches (${nixVersion ?? withoutNix})`,
    () => {
      it.each([
        'fetchGit { url = "file:///DIR/bare"; ref = "old"; }',
        'fetchGit { url = "file:///DIR/bare"; ref = "refs/tags/v1"; }',
        'fetchGit { url = "file:///DIR/bare"; rev = "REV"; ref = "main"; }',
        'fetchGit { url = "DIR/repository"; ref = "main"; }',
        'fetchGit { url = "DIR/repository"; rev = "REV"; name = "other"; }',
        'fetchTarball "URLtop.tar.gz"',
        'fetchTarball "URLtop.tar.xz"',
        'fetchTarball "URLtop.tar.bz2"',
        'fetchTarball "URLtop.zip"',
        'builtins.fetchurl "URLfile.txt"',
        'fetchTree { type = "tarball"; url = "URLtop.tar.gz"; }',
        'fetchTree { type = "path"; path = "DIR/tree/top"; }',
        '(builtins.getFlake "git+file://DIR/repository").value',
        'removeAttrs (builtins.getFlake "git+file://DIR/repository").sourceInfo [ "narHash" "outPath" "submodules" ]',
        '(builtins.getFlake "git+file://DIR/bare?ref=main").rev',
      ])('%s', async (pattern) => {
        const rev = git(join(directory, 'repository'), 'rev-parse', 'old')
        const expression = pattern
          .replaceAll('file:///DIR', `file://${directory}`)
          .replaceAll('DIR', directory)
          .replaceAll('REV', rev)
          .replaceAll('URL', server.url)
        expect(await evaluate(expression)).toEqual(await real(expression))
      })
    },
  )

  it('are, where no branch is named, of the one that is checked out there', async () => {
    const rev = git(join(directory, 'repository'), 'rev-parse', 'main')
    expect(await evaluate(`(fetchGit "file://${directory}/bare").rev`)).toBe(rev)
  })

  it('are, of a directory, the files that Git knows, as they are now', async () => {
    const found = await evaluate(`
      let f = fetchGit ${directory}/dirty; in {
        names = builtins.attrNames (builtins.readDir f);
        second = builtins.readFile "\${f}/second";
        script = builtins.readFileType "\${f}/sub/script";
        inherit (f) rev dirtyRev;
      }`)
    const rev = git(join(directory, 'dirty'), 'rev-parse', 'HEAD')
    expect(found).toEqual({
      names: ['.gitattributes', 'flake.nix', 'link', 'second', 'sub'],
      second: 'changed',
      script: 'regular',
      rev: '0'.repeat(40),
      dirtyRev: `${rev}-dirty`,
    })
    expect(warnings).toEqual([`Git tree '${join(directory, 'dirty')}' is dirty`])
  })

  it('are in messages the directory that they are of', async () => {
    const copied = join(directory, 'copied')
    mkdirSync(copied)
    git(copied, 'init', '--quiet')
    write('copied/default.nix', 'x: x')
    git(copied, 'add', '.')
    await expect(evaluate(`"\${import (fetchGit ${copied})}"`)).rejects.toThrow(
      `\u00c2\u00ablambda @ ${copied}/default.nix:1:1\u00c2\u00bb`,
    )
  })

  it('say of a file that Git does not know how it gets known, and not of others', async () => {
    const dirty = join(directory, 'dirty')
    const read = (path: string) => evaluate(`builtins.readFile "\${fetchGit ${dirty}}/${path}"`)
    await expect(read('unknown')).rejects.toThrow(
      `Path 'unknown' in the repository "${dirty}" is not tracked by Git.\n\nTo make it visible to Nix, run:\n\ngit -C "${dirty}" add -N "unknown"`,
    )
    await expect(read('sub/none')).rejects.toThrow(
      `Path 'sub/none' does not exist in Git repository "${dirty}".`,
    )
    expect(await evaluate(`builtins.pathExists "\${fetchGit ${dirty}}/unknown"`)).toBe(false)
    const bare = `fetchGit "file://${directory}/bare"`
    await expect(evaluate(`builtins.readFile "\${${bare}}/unknown"`)).rejects.toThrow(
      /path '\/nix\/store\/.*' does not exist/,
    )
    const untracked = join(directory, 'untracked')
    mkdirSync(untracked)
    git(untracked, 'init', '--quiet')
    write('untracked/flake.nix', '{ outputs = { self }: { }; }')
    await expect(evaluate(`builtins.getFlake "git+file://${untracked}"`)).rejects.toThrow(
      "Path 'flake.nix' in the repository",
    )
  })

  it('leave out what is not to be exported, unless they are asked not to', async () => {
    const names = (more: string) =>
      evaluate(
        `builtins.attrNames (builtins.readDir (fetchGit { url = "file://${directory}/bare"; ${more} }))`,
      )
    expect(await names('')).not.toContain('left-out')
    expect(await names('exportIgnore = false;')).toContain('left-out')
  })

  it('follow submodules where that is wanted', async () => {
    const outer = join(directory, 'outer')
    mkdirSync(outer)
    git(outer, 'init', '--quiet', '--initial-branch=main')
    git(
      outer,
      '-c',
      'protocol.file.allow=always',
      'submodule',
      '--quiet',
      'add',
      '../bare',
      'inner',
    )
    git(outer, 'commit', '--quiet', '-m', 'with a submodule')
    const names = (more: string) =>
      evaluate(
        `builtins.attrNames (builtins.readDir "\${fetchGit { url = "file://${outer}"; ref = "main"; ${more} }}/inner")`,
      )
    expect(await names('')).toEqual([])
    expect(await names('submodules = true;')).toContain('flake.nix')
  })

  it('look for submodules where a repository on this machine is from', async () => {
    const [elsewhere, here] = [join(directory, 'elsewhere/outer'), join(directory, 'copy')]
    mkdirSync(join(directory, 'elsewhere'))
    git(directory, 'clone', '--quiet', '--bare', 'repository', 'elsewhere/inner')
    mkdirSync(elsewhere)
    git(elsewhere, 'init', '--quiet', '--initial-branch=main')
    const add = ['submodule', '--quiet', 'add', '../inner', 'inner']
    git(elsewhere, '-c', 'protocol.file.allow=always', ...add)
    git(elsewhere, 'commit', '--quiet', '-m', 'with a submodule')
    git(directory, 'clone', '--quiet', elsewhere, here)
    expect(
      await evaluate(
        `builtins.attrNames (builtins.readDir "\${fetchGit { url = "${here}"; ref = "main"; submodules = true; }}/inner")`,
      ),
    ).toContain('flake.nix')
  })

  it('do without the number of revisions where a clone is shallow', async () => {
    const shallow = join(directory, 'shallow')
    git(directory, 'clone', '--quiet', '--depth=1', `file://${join(directory, 'bare')}`, shallow)
    for (const expression of [
      `fetchGit ${shallow}`,
      `fetchGit { url = "${shallow}"; ref = "main"; }`,
    ]) {
      expect(await evaluate(`(${expression}).rev`)).toMatch(/^[0-9a-f]{40}$/)
      await expect(evaluate(`(${expression}).revCount`)).rejects.toThrow(
        `'${shallow}' is a shallow Git repository, so 'revCount' is not available`,
      )
    }
  })

  it('stay what they were where the repository cannot be reached', async () => {
    const cache = 'offline'
    const moving = join(directory, 'moving')
    git(directory, 'clone', '--quiet', '--bare', 'repository', 'moving')
    const expression = `(fetchGit "file://${moving}").rev`
    const rev = await evaluate(expression, { cache })
    renameSync(moving, `${moving}-away`)
    mkdirSync(moving)
    expect(await evaluate(expression, { cache, ttl: 0 })).toBe(rev)
    expect(warnings).toContain(
      `could not get HEAD ref for repository 'file://${moving}'; using expired cached ref 'refs/heads/main'`,
    )
  })

  it('have the contents of an archive that has several files at its top', async () => {
    expect(await evaluate(`builtins.readDir (fetchTarball "${server.url}flat.tar")`)).toEqual({
      'default.nix': 'regular',
      inner: 'directory',
    })
  })

  it('are asked for with what the server wants to see', async () => {
    const sources = new SourceFetcher({
      ...sourceOptions,
      fetcher: new Fetcher({ connections: { everything: true } }),
      git: ownGit,
      cache: new SourceCache(join(directory, 'shown')),
    })
    const headers = { 'private-token': 'key' }
    const { tree } = await sources.fetch({ kind: 'file', url: `${server.url}x`, headers }, 0)
    expect(tree).toMatchObject({ contents: Buffer.from('seen') })
  })

  it('are asked for again when they are old, and are the same if nothing is new', async () => {
    const expression = `builtins.readFile (builtins.fetchurl "${server.url}file.txt")`
    const asked = () => server.requests.filter((one) => one.endsWith('file.txt')).length
    const before = asked()
    const cache = 'ttl'
    expect(await evaluate(expression, { cache })).toBe('hello')
    expect(await evaluate(expression, { cache })).toBe('hello')
    expect(asked()).toBe(before + 1)
    expect(await evaluate(expression, { cache, ttl: 0 })).toBe('hello')
    expect(asked()).toBe(before + 2)
    served.set('/file.txt', Buffer.from('new'))
    etag = '"2"'
    expect(await evaluate(expression, { cache })).toBe('hello')
    expect(await evaluate(expression, { cache, ttl: 0 })).toBe('new')
  })

  it.each([
    ['builtins.fetchurl "URLnone"', /unable to download .*none|404|not found/i],
    ['fetchTarball "URLbroken.tar.gz"', /^cannot unpack 'http:.*broken.tar.gz': /],
    ['fetchGit "DIR/nothing"', /nothing/],
    [`fetchGit { url = "file://DIR/bare"; rev = "${'1'.repeat(40)}"; }`, /program 'git' failed/],
    ['fetchTarball "file://DIR/none"', /tarball ".*\/none" does not exist\./],
    ['fetchTarball "file://DIR/tree"', /tarball ".*\/tree" is a directory, not a file\./],
    ['fetchTarball "file://DIR/repository"', /Please use `git\+file` as the scheme\./],
    ['fetchTree { type = "path"; path = "/no/such"; }', /path '\/no\/such' does not exist/],
  ])('that are not to be had are told: %s', async (pattern, message) => {
    const expression = pattern.replace('URL', server.url).replace('DIR', directory)
    await expect(evaluate(expression)).rejects.toThrow(message)
  })
})
