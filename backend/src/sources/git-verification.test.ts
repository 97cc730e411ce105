import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { featuresOf } from '@snowglobe/worker/evaluator/evaluation-settings'
import { Fetcher } from '../fetch/fetcher'
import { testGit } from '../testing/test-git'
import { evaluateFetching, sourceOptions } from '../testing/test-sources'
import { ownGit } from './repository-program'
import { SourceCache } from './source-cache'
import { SourceFetcher } from './source-fetcher'

const hasKeygen = spawnSync('ssh-keygen', ['-?']).error === undefined

describe.skipIf(!hasKeygen)('commits that have to be signed (needs ssh-keygen)', () => {
  const directory = mkdtempSync(join(tmpdir(), 'snowglobe-signed-'))
  const repository = join(directory, 'repository')
  /** In base-64, by type. */
  const keys = new Map<string, string>()
  const revisions = { signed: '', unsigned: '' }

  beforeAll(() => {
    for (const type of ['ed25519', 'rsa', 'ecdsa']) {
      const file = join(directory, type)
      execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file])
      keys.set(type, readFileSync(`${file}.pub`, 'utf8').split(' ')[1]!)
    }
    testGit(directory, ['init', '--quiet', '--initial-branch=main', repository])
    const commit = (...args: string[]) => {
      writeFileSync(join(repository, 'file'), args.join(' '))
      testGit(repository, ['add', '.'])
      testGit(repository, [...args, '-m', 'x'])
      return testGit(repository, ['rev-parse', 'HEAD'])
    }
    revisions.unsigned = commit('commit', '--quiet')
    const key = `user.signingKey=${join(directory, 'ed25519')}`
    revisions.signed = commit('-c', 'gpg.format=ssh', '-c', key, 'commit', '--quiet', '-S')
  })

  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  async function evaluate(expression: string, features = ['flakes', 'verified-fetches']) {
    const sources = new SourceFetcher({
      ...sourceOptions,
      fetcher: new Fetcher(),
      git: ownGit,
      cache: new SourceCache(join(directory, 'cache')),
      maxCloneBytes: Infinity,
      local: true,
      allowDirty: true,
    })
    const settings = { experimentalFeatures: featuresOf(features) }
    return evaluateFetching(sources, expression, directory, settings)
  }

  /** What a directory holds that is fetched so. */
  const names = (fetched: string, features?: string[]) =>
    evaluate(`builtins.attrNames (builtins.readDir (${fetched}))`, features)
  const fetchGit = (more: string) => `fetchGit { url = "file://${repository}"; ${more} }`
  const key = (type: string) => `key = "${keys.get(type)}"; type = "ssh-${type}";`

  it.each<[string, () => string]>([
    [
      'a revision',
      () => fetchGit(`rev = "${revisions.signed}"; publicKeys = [{ ${key('ed25519')} }];`),
    ],
    ['a branch', () => fetchGit(`ref = "main"; publicKey = "${keys.get('ed25519')}";`)],
    ['a directory', () => fetchGit(`publicKey = "${keys.get('ed25519')}";`)],
    [
      'by one of several',
      () => fetchGit(`publicKeys = [ { ${key('rsa')} } { ${key('ed25519')} } ];`),
    ],
    [
      'by a URL',
      () =>
        `builtins.fetchTree "git+file://${repository}?publicKey=${encodeURIComponent(keys.get('ed25519')!)}"`,
    ],
    [
      'or where it is not asked for after all',
      () =>
        fetchGit(
          `rev = "${revisions.unsigned}"; publicKeys = [{ ${key('rsa')} }]; verifyCommit = false;`,
        ),
    ],
  ])('are fetched where they are: %s', async (_, expression) => {
    expect(await names(expression())).toEqual(['file'])
  })

  it.each<[string, () => string, string]>([
    [
      'not at all',
      () => fetchGit(`rev = "${revisions.unsigned}"; publicKeys = [{ ${key('ed25519')} }];`),
      'Commit signature verification on commit',
    ],
    [
      'by another',
      () => fetchGit(`rev = "${revisions.signed}"; publicKeys = [{ ${key('rsa')} }];`),
      'Commit signature verification on commit',
    ],
    [
      'where there are no keys',
      () => fetchGit(`rev = "${revisions.signed}"; verifyCommit = true;`),
      'Commit signature verification on commit',
    ],
    [
      'by what is no type of key',
      () => fetchGit('publicKeys = [{ key = "AAAA"; type = "pgp"; }];'),
      "Invalid SSH key type 'pgp' in publicKeys",
    ],
    [
      'by what is no key',
      () => fetchGit('publicKeys = [{ key = "AAAA\\n* ssh-rsa AAAA"; }];'),
      'is no public key in base-64',
    ],
  ])('are not fetched where they are signed %s', async (_, expression, message) => {
    await expect(names(expression())).rejects.toThrow(message)
  })

  it('are not fetched from a directory with changes', async () => {
    writeFileSync(join(repository, 'file'), 'changed')
    const fetched = names(fetchGit(`publicKeys = [{ ${key('ed25519')} }];`))
    await expect(fetched).rejects.toThrow('commit verification is required for Git repository')
    testGit(repository, ['checkout', '--quiet', 'file'])
  })

  it('are an experiment', async () => {
    for (const more of ['publicKeys = [];', 'publicKey = "AAAA";', 'verifyCommit = false;']) {
      await expect(names(fetchGit(more), [])).rejects.toThrow("feature 'verified-fetches'")
    }
  })
})
