/**
 * Builders that fetch by themselves as those of nixpkgs do, which has fetchers of many kinds: they reach
 * the network through the proxy alone, by what programs find in their environment and in /etc.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeExportStream } from '@snowglobe/shared/export-stream'
import { removeTree } from '../store/remove-tree'
import { importStream } from '../testing/build-client'
import { encrypt, makeCertificate } from '../testing/encrypted-server'
import { startGitServer } from '../testing/git-server'
import { hostPrograms } from '../testing/host-programs'
import { startHttpServer, type TestHttpServer } from '../testing/http-server'
import { scriptDerivation, seed } from '../testing/nix-expressions'
import { testGit } from '../testing/test-git'
import { availableLaunchers, startServer, type TestServer } from '../testing/test-server'
import { defaultFetchSettings } from './fetch-settings'

const hasPrograms = ['git', 'curl', 'openssl', 'ldd'].every(
  (name) => spawnSync(name, [name === 'openssl' ? 'version' : '--version']).status === 0,
)
if (!hasPrograms)
  console.warn('git, curl or openssl is missing: builders that fetch are not tested')

describe.skipIf(!hasPrograms || !availableLaunchers.includes('native'))('a builder', () => {
  let directory: string
  let programs: ReturnType<typeof hostPrograms>
  let web: TestHttpServer
  let git: TestHttpServer
  /** Both once more, encrypted. */
  const encrypted: Awaited<ReturnType<typeof encrypt>>[] = []
  let webPort: number
  let gitPort: number
  let server: TestServer

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'snowglobe-fetchers-'))
    const gitProgram = execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim()
    programs = hostPrograms({
      git: join(gitProgram, 'git'),
      'git-remote-http': join(gitProgram, 'git-remote-http'),
      'git-remote-https': join(gitProgram, 'git-remote-https'),
      curl: execFileSync('sh', ['-c', 'command -v curl'], { encoding: 'utf8' }).trim(),
    })
    makeRepository()
    git = await startGitServer(directory)
    web = await startHttpServer((request, response) => response.end(`crate ${request.url}\n`))
    const certificate = makeCertificate(directory)
    for (const { port } of [web, git]) encrypted.push(await encrypt(port, certificate))
    ;[webPort, gitPort] = encrypted.map(({ port }) => port) as [number, number]
    server = await startServer({
      launchers: ['native'],
      fetch: {
        ...defaultFetchSettings,
        hashedMirrors: [],
        allowed: [`localhost:${webPort}`, `localhost:${gitPort}`],
        certificates: certificate.certificate,
      },
    })
    const { status } = await importStream(server.url, writeExportStream([programs]))
    expect(status).toBe(200)
  }, 60_000)
  afterAll(async () => {
    await server.close()
    for (const one of encrypted) one.close()
    await web.close()
    await git.close()
    await removeTree(directory)
  }, 60_000)

  function makeRepository(): void {
    const work = join(directory, 'work')
    mkdirSync(work)
    const run = (...args: string[]) => testGit(work, args)
    run('init', '-q', '-b', 'main')
    writeFileSync(join(work, 'file'), 'from git\n')
    mkdirSync(join(work, 'src'))
    writeFileSync(join(work, 'src/main.c'), 'int main(void) { return 0; }\n')
    run('add', '.')
    run('commit', '-q', '-m', 'first')
    run('clone', '-q', '--bare', '.', join(directory, 'repository.git'))
  }

  /** Of a directory, by its hash. */
  const fixed = (name: string, script: string, environment: Record<string, string>, hash: string) =>
    scriptDerivation(name, script, {
      environment: { PATH: `${programs.path}/bin:${seed.path}/bin`, ...environment },
      change: (derivation) => {
        derivation.inputSources.add(programs.path)
        derivation.outputs.set('out', { path: '', hashAlgorithm: 'r:sha256', hash })
      },
    })

  /** What `nix-hash --type sha256` gives for a directory of these files. */
  const clone = `export GIT_EXEC_PATH=${'$'}{PATH%%:*}
    git clone -q --depth 1 $url $out && rm -rf $out/.git`
  const unknown = '0'.repeat(64)
  /** The hash that a build says it should have been given. */
  const right = (message = '') => {
    const [, base64] = /got: +sha256-(\S+)/.exec(message) ?? []
    return Buffer.from(base64 ?? '', 'base64').toString('hex')
  }

  it('clones by git, encrypted, like fetchgit', async () => {
    const url = `https://localhost:${gitPort}/repository.git`
    const wrong = await server.build(fixed('checkout', clone, { url }, unknown))
    expect(wrong.failure?.message).toContain('hash mismatch')
    const hash = right(wrong.failure?.message)
    const { failure, outputs } = await server.build(fixed('checkout', clone, { url }, hash))
    expect(failure).toBeNull()
    const place = join(server.dataDirectory, outputs![0]!.path)
    expect(readFileSync(join(place, 'file'), 'utf8')).toBe('from git\n')
    expect(readFileSync(join(place, 'src/main.c'), 'utf8')).toContain('main')
    expect(git.requests.some((request) => request.includes('git-upload-pack'))).toBe(true)
  })

  it('downloads all that a lock file names, like fetchers of cargo and npm', async () => {
    const lock = ['serde-1.0', 'libc-0.2', 'left-pad-1.3'].map((name) => {
      const contents = `crate /crates/${name}\n`
      return `${createHash('sha256').update(contents).digest('hex')} ${name}`
    })
    const script = `mkdir $out; cd $out
      echo "$lock" | while read hash name; do
        curl -fsS --retry 2 $registry/crates/$name -o $name; echo "$hash  $name" | sha256sum -c
      done`
    const environment = { lock: lock.join('\n'), registry: `https://localhost:${webPort}` }
    const wrong = await server.build(fixed('vendor', script, environment, unknown))
    const hash = right(wrong.failure?.message)
    const { failure, outputs } = await server.build(fixed('vendor', script, environment, hash))
    expect(failure).toBeNull()
    const place = join(server.dataDirectory, outputs![0]!.path)
    expect(readFileSync(join(place, 'libc-0.2'), 'utf8')).toBe('crate /crates/libc-0.2\n')
  })

  it('reaches what is not allowed neither by git nor by curl, and is told why', async () => {
    const asked = [...git.requests, ...web.requests]
    for (const url of [
      `https://localhost:${git.port}/repository.git`,
      `http://127.0.0.1:${git.port}/repository.git`,
      'https://10.0.0.1/repository.git',
      'https://169.254.169.254/latest/meta-data',
    ]) {
      const byGit = await server.build(fixed('private', clone, { url }, unknown))
      expect(byGit.failure?.kind).toBe('builder-failed')
      expect(byGit.log).toContain('403')
      const script = 'curl -fsS -o $out $url'
      const byCurl = await server.build(fixed('private', script, { url }, unknown))
      expect(byCurl.failure?.kind).toBe('builder-failed')
      const told = byCurl.messages.flatMap((m) => (m.type === 'message' ? [m.text] : []))
      expect(told.join()).toContain('is an address of a private network')
    }
    expect([...git.requests, ...web.requests]).toEqual(asked)
  })

  it('finds nothing around the proxy', async () => {
    const script = `unset https_proxy HTTPS_PROXY all_proxy ALL_PROXY
      curl -sS --noproxy '*' https://localhost:${webPort}/ --max-time 5
      curl -sS --noproxy '*' http://1.1.1.1/ --max-time 5
      nslookup example.com; exit 1`
    const { log, failure } = await server.build(fixed('around', script, {}, unknown))
    expect(failure?.kind).toBe('builder-failed')
    expect(log.match(/curl: \(7\)/g)).toHaveLength(2)
    expect(log).not.toContain('crate')
  })
})
