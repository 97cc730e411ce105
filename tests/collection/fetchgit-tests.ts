import { spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testGit } from '../../backend/src/testing/test-git'
import { patience, withPkgs, type CollectionStore } from './collection-store'
import { serveRepositories, type GitServer } from './git-server'

const hasGit = spawnSync('git', ['--version']).status === 0

/** `fetchgit`: from a server of repositories, in the sandbox of a build. */
export function testFetchgit(store: CollectionStore): void {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'snowglobe-repositories-')))
  let server: GitServer
  let first = ''

  const git = (repository: string, ...args: string[]) => testGit(join(directory, repository), args)
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(directory, file)), { recursive: true })
    writeFileSync(join(directory, file), text)
  }
  const begin = (repository: string) => {
    mkdirSync(join(directory, repository))
    git(repository, 'init', '--quiet', '--initial-branch=main')
  }
  const commit = (repository: string) => {
    git(repository, 'add', '.')
    git(repository, 'commit', '--quiet', '-m', 'a commit')
    return git(repository, 'rev-parse', 'HEAD')
  }
  const publish = (repository: string) => {
    git('.', 'clone', '--quiet', '--bare', repository, `served/${repository}.git`)
    git(`served/${repository}.git`, 'update-server-info')
  }

  const makeRepositories = async () => {
    mkdirSync(join(directory, 'served'))
    server = await serveRepositories(join(directory, 'served'))
    begin('part')
    write('part/inner', 'of the part\n')
    commit('part')
    publish('part')
    begin('whole')
    write('whole/read.me', 'one\n')
    write('whole/src/main.c', 'int main;\n')
    first = commit('whole')
    git('whole', 'tag', 'v1')
    write('whole/read.me', 'two\n')
    // As an empty directory, it is a submodule that nobody has fetched yet.
    mkdirSync(join(directory, 'whole/part'))
    write('whole/.gitmodules', '[submodule "part"]\n\tpath = part\n\turl = ../part.git\n')
    git(
      'whole',
      'update-index',
      '--add',
      '--cacheinfo',
      `160000,${git('part', 'rev-parse', 'HEAD')},part`,
    )
    commit('whole')
    publish('whole')
  }

  /** What a fetcher gives, called once with a wrong hash to be told the right one. */
  const fetchedBy = async (begin: string): Promise<string> => {
    const call = (hash: string) => `${begin} hash = ${hash}; }`
    const { stderr } = await store.run(
      'nix-build',
      '--no-out-link',
      '-E',
      withPkgs(call('lib.fakeHash')),
    )
    const hash = /got: +(sha256-\S+)/.exec(stderr)?.[1]
    if (hash === undefined) throw new Error(stderr)
    return store.buildExpression(call(`"${hash}"`))
  }

  /** Files below a directory, by their names. */
  const filesOf = (root: string) =>
    Object.fromEntries(
      readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((file) => [relative(root, file), readFileSync(file, 'utf8')]),
    )

  describe.skipIf(!hasGit)(
    `fetchgit${hasGit ? '' : ' (git is not installed: there is nothing to fetch)'}`,
    () => {
      beforeAll(makeRepositories)
      afterAll(async () => {
        await server.close()
        rmSync(directory, { recursive: true, force: true })
      })

      const fetched = (attributes: string, way: 'smart' | 'dumb' = 'smart') =>
        fetchedBy(`pkgs.fetchgit { url = "${server[way]}/whole.git"; ${attributes}`)

      const ofFirst = { 'read.me': 'one\n', 'src/main.c': 'int main;\n' }
      const ofSecond = { ...ofFirst, 'read.me': 'two\n' }

      it(
        'gets a commit, a tag and a branch, from both kinds of servers',
        async () => {
          expect(filesOf(await fetched(`rev = "${first}";`))).toEqual(ofFirst)
          expect(filesOf(await fetched(`tag = "v1";`))).toEqual(ofFirst)
          expect(filesOf(await fetched(`rev = "${first}";`, 'dumb'))).toEqual(ofFirst)
          const branch = await fetched('rev = "refs/heads/main"; fetchSubmodules = false;', 'dumb')
          expect(filesOf(branch)).toMatchObject(ofSecond)
        },
        patience,
      )

      it(
        'has submodules with it, or only some directories',
        async () => {
          const whole = filesOf(await fetched(''))
          expect(whole).toMatchObject({ ...ofSecond, 'part/inner': 'of the part\n' })
          expect(Object.keys(whole).some((file) => /\.git(\/|$)/.test(file))).toBe(false)
          const some = await fetched(
            'sparseCheckout = [ "src" ]; nonConeMode = true; fetchSubmodules = false;',
          )
          expect(filesOf(some)).toEqual({ 'src/main.c': 'int main;\n' })
          const below = await fetched('rootDir = "src"; fetchSubmodules = false;')
          expect(filesOf(below)).toEqual({ 'main.c': 'int main;\n' })
        },
        patience,
      )

      it(
        'has a relative that unpacks archives, and lets them be changed',
        async () => {
          git('whole', 'archive', '--prefix=whole/', '-o', '../served/whole.tar.gz', first)
          const call = `pkgs.fetchzip { url = "${server.dumb}/whole.tar.gz";`
          expect(filesOf(await fetchedBy(call))).toEqual(ofFirst)
          const changing = `${call} postFetch = "rm -r $out/src; echo more > $out/more";`
          expect(filesOf(await fetchedBy(changing))).toEqual({ 'read.me': 'one\n', more: 'more\n' })
        },
        patience,
      )

      it(
        'leaves a repository that is the same every time',
        async () => {
          const place = await fetched('deepClone = true; fetchSubmodules = false;')
          const log = testGit(place, ['-c', 'safe.directory=*', 'log', '--format=%H'])
          expect(log.split('\n').at(-1)).toBe(first)
          const shallow = await fetched('leaveDotGit = true; fetchSubmodules = false;', 'smart')
          expect(Object.keys(filesOf(shallow))).toContain('.git/shallow')
        },
        patience,
      )
    },
  )
}
