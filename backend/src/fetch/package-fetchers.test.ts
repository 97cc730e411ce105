/**
 * Package managers as builders of fixed outputs: with what they find in their environment and in /etc, they
 * get all that a lock file names from a registry.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeExportStream } from '@snowglobe/shared/export-stream'
import { removeTree } from '../store/remove-tree'
import { importStream } from '../testing/build-client'
import { encrypt, makeCertificate } from '../testing/encrypted-server'
import { hostPrograms, hostTree } from '../testing/host-programs'
import { startHttpServer, type TestHttpServer } from '../testing/http-server'
import { scriptDerivation, seed } from '../testing/nix-expressions'
import { availableLaunchers, startServer, type TestServer } from '../testing/test-server'
import { defaultFetchSettings } from './fetch-settings'

const works = (name: string) => spawnSync(name, ['--version']).status === 0
const isPossible =
  availableLaunchers.includes('native') &&
  ['ldd', 'tar'].every(works) &&
  spawnSync('openssl', ['version']).status === 0
const resultOf = (script: string) => spawnSync('sh', ['-c', script], { encoding: 'utf8' }).stdout
/** Npm's own directory, and cargo itself: what is called so is a script that chooses one, on some machines. */
const npmDirectory = resultOf('readlink -f "$(command -v npm)"').replace(
  /\/bin\/npm-cli\.js\n$/,
  '',
)
const hasNpm = existsSync(join(npmDirectory, 'bin/npm-cli.js'))
const cargoProgram = join(resultOf('rustc --print sysroot 2> /dev/null').trim(), 'bin/cargo')
const hasCargo = existsSync(cargoProgram)
if (!hasNpm) console.warn('npm is not installed: builders that call it are not tested')
if (!hasCargo) console.warn('cargo is not installed: builders that call it are not tested')

describe.skipIf(!isPossible)('a builder of a fixed output', () => {
  let directory: string
  let registry: TestHttpServer
  let encrypted: Awaited<ReturnType<typeof encrypt>>
  /** Its address, encrypted. */
  let url: string
  let server: TestServer
  /** What the registry has, by the path of its address. */
  const files = new Map<string, Buffer>()

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'snowglobe-packages-'))
    registry = await startHttpServer((request, response) => {
      const contents = files.get(request.url ?? '')
      response.writeHead(contents === undefined ? 404 : 200).end(contents)
    })
    const certificate = makeCertificate(directory)
    encrypted = await encrypt(registry.port, certificate)
    url = `https://localhost:${encrypted.port}/`
    server = await startServer({
      launchers: ['native'],
      fetch: {
        ...defaultFetchSettings,
        hashedMirrors: [],
        allowed: [`localhost:${encrypted.port}`],
        certificates: certificate.certificate,
      },
    })
  }, 60_000)
  afterAll(async () => {
    await server.close()
    encrypted.close()
    await registry.close()
    await removeTree(directory)
  }, 60_000)

  /** A compressed archive of these files below `top`. */
  function archive(top: string, contents: Record<string, string>): Buffer {
    const place = mkdtempSync(join(directory, 'archive-'))
    for (const [name, text] of Object.entries(contents)) {
      mkdirSync(dirname(join(place, top, name)), { recursive: true })
      writeFileSync(join(place, top, name), text)
    }
    return execFileSync('tar', ['-czf', '-', '-C', place, top])
  }

  /** Builds twice: the first time to learn the hash. Gives where the output lies. */
  async function buildFixed(script: string, programs: string, more: string[]): Promise<string> {
    const derivation = (hash: string) =>
      scriptDerivation('packages', script, {
        environment: { PATH: `${programs}/bin:${seed.path}/bin`, registry: url },
        change: (changed) => {
          for (const path of [programs, ...more]) changed.inputSources.add(path)
          changed.outputs.set('out', { path: '', hashAlgorithm: 'r:sha256', hash })
        },
      })
    const wrong = await server.build(derivation('0'.repeat(64)))
    const [, base64] = /got: +sha256-(\S+)/.exec(wrong.failure?.message ?? '') ?? []
    expect(base64, wrong.log).toBeDefined()
    const right = Buffer.from(base64!, 'base64').toString('hex')
    const { failure, outputs } = await server.build(derivation(right))
    expect(failure).toBeNull()
    return join(server.dataDirectory, outputs![0]!.path)
  }

  it.skipIf(!hasNpm)(
    'installs by npm what package-lock.json names',
    async () => {
      const npm = hostTree(npmDirectory)
      const node = hostPrograms({ node: process.execPath })
      const { status } = await importStream(server.url, writeExportStream([node, npm]))
      expect(status).toBe(200)
      const name = 'snowglobe-test'
      const own = JSON.stringify({ name, version: '1.2.3' })
      const tarball = archive('package', { 'package.json': own, 'index.js': 'exports.told = 42\n' })
      files.set(`/${name}/-/${name}-1.2.3.tgz`, tarball)
      const lock = {
        lockfileVersion: 3,
        packages: {
          '': { dependencies: { [name]: '1.2.3' } },
          [`node_modules/${name}`]: {
            version: '1.2.3',
            resolved: `${url}${name}/-/${name}-1.2.3.tgz`,
            integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
          },
        },
      }
      const script = `export HOME=$TMPDIR; cd $TMPDIR
      echo '{"dependencies": {"${name}": "1.2.3"}}' > package.json
      echo '${JSON.stringify(lock)}' > package-lock.json
      node ${npm.path}/bin/npm-cli.js ci --ignore-scripts --cafile /etc/ssl/certs/ca-certificates.crt && cp -r node_modules/${name} $out`
      const place = await buildFixed(script, node.path, [npm.path])
      expect(readFileSync(join(place, 'index.js'), 'utf8')).toBe('exports.told = 42\n')
    },
    120_000,
  )

  it.skipIf(!hasCargo)(
    'vendors by cargo what Cargo.lock names',
    async () => {
      const cargo = hostPrograms({ cargo: cargoProgram })
      const { status } = await importStream(server.url, writeExportStream([cargo]))
      expect(status).toBe(200)
      const crate = archive('tiny-0.1.0', {
        'Cargo.toml': '[package]\nname = "tiny"\nversion = "0.1.0"\n',
        'src/lib.rs': 'pub fn told() -> u8 { 42 }\n',
      })
      const cksum = createHash('sha256').update(crate).digest('hex')
      const entry = { name: 'tiny', vers: '0.1.0', deps: [], cksum, features: {}, yanked: false }
      files.set('/index/config.json', Buffer.from(JSON.stringify({ dl: `${url}crates` })))
      files.set('/index/ti/ny/tiny', Buffer.from(`${JSON.stringify(entry)}\n`))
      files.set('/crates/tiny/0.1.0/download', crate)
      const script = `export HOME=$TMPDIR CARGO_HOME=$TMPDIR/cargo; cd $TMPDIR; mkdir -p src cargo
      echo 'fn main() {}' > src/main.rs
      printf '[package]\\nname = "app"\\nversion = "0.1.0"\\n[dependencies]\\ntiny = "0.1.0"\\n' > Cargo.toml
      printf '[source.crates-io]\\nreplace-with = "own"\\n[source.own]\\nregistry = "sparse+%sindex/"\\n' $registry > cargo/config.toml
      cargo vendor --respect-source-config $out`
      const place = await buildFixed(script, cargo.path, [])
      expect(readFileSync(join(place, 'tiny/src/lib.rs'), 'utf8')).toContain('42')
    },
    120_000,
  )
})
