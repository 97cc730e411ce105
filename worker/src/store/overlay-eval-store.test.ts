import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bytesToByteString } from '@snowglobe/shared/bytes'
import type { Derivation } from '@snowglobe/shared/derivation'
import { hashBytes } from '@snowglobe/shared/hash'
import { defaultStoreDir } from '@snowglobe/shared/store-path'
import { MemoryAccessor } from './memory-accessor'
import { MemoryStore } from './memory-store'
import { MissingContents } from './missing-contents'
import { OverlayEvalStore } from './overlay-eval-store'
import { PreloadedStore } from './preloaded-store'

/** What real Nix says that an expression's value is, a string. Nothing is written. */
function nix(expression: string): string {
  const printed = execFileSync(
    'nix-instantiate',
    ['--readonly-mode', '--eval', '--strict', '--json', '-E', expression],
    { encoding: 'utf8', stdio: 'pipe', env: { ...process.env, NIX_PATH: '' } },
  )
  return JSON.parse(printed) as string
}

const simple = (extra: Partial<Derivation> = {}): Derivation => ({
  name: 'simple',
  outputs: new Map([['out', { path: '', hashAlgorithm: 'r:sha256', hash: '' }]]),
  inputDerivations: new Map(),
  inputSources: new Set(),
  system: 'x86_64-linux',
  builder: '/bin/sh',
  args: [],
  environment: new Map(),
  ...extra,
})

describe('the overlay store', () => {
  const workspace = new MemoryAccessor([
    { path: 'project/default.nix', contents: '{ }\n' },
    { path: 'project/build.sh', contents: '#!/bin/sh\n', executable: true },
    { path: 'project/src/caf\xc3\xa9', contents: 'bytes \xff\0' },
  ])
  let underlying: PreloadedStore
  let store: OverlayEvalStore
  let directory = ''

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'overlay-'))
    const project = join(directory, 'project')
    mkdirSync(join(project, 'src'), { recursive: true })
    writeFileSync(join(project, 'default.nix'), '{ }\n')
    writeFileSync(join(project, 'build.sh'), '#!/bin/sh\n')
    chmodSync(join(project, 'build.sh'), 0o755)
    writeFileSync(join(project, 'src/café'), Buffer.from('bytes \xff\0', 'latin1'))
    symlinkSync('default.nix', join(directory, 'link'))
  })
  afterAll(() => rmSync(directory, { recursive: true }))
  beforeEach(() => {
    underlying = new PreloadedStore(defaultStoreDir)
    store = new OverlayEvalStore(underlying)
  })

  const add = (path: string, options: Partial<Parameters<typeof store.addPath>[2]> = {}) =>
    store.addPath(workspace, path, {
      name: path.slice(path.lastIndexOf('/') + 1),
      method: 'recursive',
      algorithm: 'sha256',
      ...options,
    })

  it('gives texts the paths that Nix gives them', () => {
    expect(store.addText('greeting', 'hello\n', [])).toBe(
      nix('builtins.toFile "greeting" "hello\\n"'),
    )
    const a = store.addText('a', 'x', [])
    expect(store.addText('b', `see ${a}`, [a])).toBe(
      nix('builtins.toFile "b" "see ${builtins.toFile "a" "x"}"'),
    )
  })

  it('gives copied sources the paths that Nix gives them', () => {
    expect(add('/project')).toBe(nix(`"\${${directory}/project}"`))
    expect(add('/project/build.sh')).toBe(nix(`"\${${directory}/project/build.sh}"`))
    expect(add('/project', { name: 'renamed', filter: (path) => !path.endsWith('.sh') })).toBe(
      nix(
        `builtins.path { name = "renamed"; path = ${directory}/project; ` +
          'filter = path: type: builtins.match ".*[.]sh" path == null; }',
      ),
    )
  })

  it('gives files hashed flat the paths that Nix gives them', () => {
    expect(add('/project/default.nix', { method: 'flat' })).toBe(
      nix(`builtins.path { path = ${directory}/project/default.nix; recursive = false; }`),
    )
    expect(() => add('/project', { method: 'flat' })).toThrow(
      "'/project' is not a regular file, so it cannot be hashed flat",
    )
  })

  it('checks an expected hash', () => {
    const expectedHash = hashBytes('sha256', '{ }\n')
    const options = { method: 'flat' as const, expectedHash }
    expect(add('/project/default.nix', options)).toMatch(/-default\.nix$/)
    expect(() => add('/project/build.sh', options)).toThrow(
      "store path mismatch in (possibly filtered) path added from '/project/build.sh'",
    )
  })

  it('refuses names that no store path can have', () => {
    expect(() => store.addText('with space', '', [])).toThrow('with space')
    expect(() => store.addText('', '', [])).toThrow()
  })

  it('lets what the filter throws pass unchanged', () => {
    const thrown = new MissingContents('/nix/store/x')
    const filter = () => {
      throw thrown
    }
    expect(() => add('/project', { filter })).toThrow(thrown)
  })

  it('knows what it has added at once', () => {
    const path = store.addText('greeting', 'hello', [])
    expect(store.isValidPath(path)).toBe(true)
    expect(store.isValidPath(path.replace('greeting', 'other'))).toBe(false)
  })

  it('shows what it has added as files', () => {
    const files = store.filesOver(underlying)
    const project = add('/project').slice(defaultStoreDir.length)
    const text = store.addText('greeting', 'hello', []).slice(defaultStoreDir.length)
    expect(files.status(`${project}/build.sh`)).toEqual({
      type: 'regular',
      executable: true,
      size: 10,
    })
    expect(bytesToByteString(files.readFile(`${project}/src/caf\xc3\xa9`))).toBe('bytes \xff\0')
    expect(bytesToByteString(files.readFile(text))).toBe('hello')
    expect(files.status(`${text}x`)).toBeNull()
    expect(files.readDirectory('/')).toEqual(
      new Map([
        [project.slice(1), 'directory'],
        [text.slice(1), 'regular'],
      ]),
    )
  })

  it('gives what it has added, once, so that a store takes it as it is', async () => {
    const real = new MemoryStore(defaultStoreDir)
    const text = store.addText('greeting', 'hello', [])
    const project = add('/project')
    const flat = add('/project/build.sh', { method: 'flat', algorithm: 'sha1' })
    const inner = store.addDerivation(simple({ inputSources: new Set([text, project]) }))
    const outer = store.addDerivation(
      simple({ name: 'outer', inputDerivations: new Map([[inner, new Set(['out'])]]) }),
    )
    expect(store.hasAdded).toBe(true)
    await real.add(store.takeAdded())
    expect(await real.allValidPaths()).toEqual([text, project, flat, inner, outer].sort())
    expect((await real.queryPathInfo(outer))?.references).toEqual([inner])
    expect(store.hasAdded).toBe(false)
    expect(store.takeAdded()).toEqual([])
    store.addText('greeting', 'hello', [])
    expect(store.takeAdded()).toEqual([])
  })

  it('does not give what was there before', () => {
    const path = store.addText('greeting', 'hello', [])
    underlying.addKnown([path])
    const next = new OverlayEvalStore(underlying)
    expect(next.addText('greeting', 'hello', [])).toBe(path)
    expect(next.takeAdded()).toEqual([])
  })

  it('reads the derivations it has written, and those of the store beneath', async () => {
    const derivation = simple()
    const path = store.addDerivation(derivation)
    expect(store.readDerivation(path)).toBe(derivation)
    const [entry] = store.takeAdded()

    const later = new OverlayEvalStore(underlying)
    expect(() => later.readDerivation(path)).toThrow(`path '${path}' is not valid`)
    underlying.addKnown([path])
    expect(() => later.readDerivation(path)).toThrow(MissingContents)
    underlying.provide(path, entry.nar)
    expect(later.readDerivation(path)).toEqual(derivation)
  })

  it('refuses to read as a derivation what is none', () => {
    const text = store.addText('greeting', 'hello', [])
    const fake = store.addText('fake.drv', 'hello', [])
    expect(() => store.readDerivation(text)).toThrow(`'${text}' is not a derivation`)
    expect(() => store.readDerivation(fake)).toThrow(`reading '${fake}'`)
  })
})

describe('a preloaded store', () => {
  const path = '/nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-x'
  const inner = path.slice(defaultStoreDir.length)
  let store: PreloadedStore
  let nar: Uint8Array

  beforeEach(() => {
    store = new PreloadedStore(defaultStoreDir)
    const source = new OverlayEvalStore(store)
    source.addText('x', 'contents', [])
    nar = source.takeAdded()[0].nar
  })

  it('has nothing but what it was told of', () => {
    expect(store.status(inner)).toBeNull()
    expect(() => store.readFile(inner)).toThrow(`path '${inner}' does not exist`)
    store.addKnown([path])
    expect(store.isKnown(path)).toBe(true)
    expect([...store.readDirectory('/').keys()]).toEqual([inner.slice(1)])
  })

  it('asks for contents by name, then has them', () => {
    store.addKnown([path])
    expect(() => store.status(`${inner}/below`)).toThrow(new MissingContents(path))
    store.provide(path, nar)
    expect(store.status(inner)?.size).toBe(8)
    expect(store.status(`${inner}/below`)).toBeNull()
    expect(() => store.readFile(`${inner}/below`)).toThrow('does not exist')
  })

  it('knows what a path refers to when its contents are there', () => {
    expect(store.references(path)).toEqual([])
    store.addKnown([path])
    expect(() => store.references(path)).toThrow(new MissingContents(path))
    store.provide(path, nar, ['/nix/store/other'])
    expect(store.references(path)).toEqual(['/nix/store/other'])
    const elsewhere = path.replace('-x', '-y')
    store.addKnown([elsewhere])
    store.addReferences(elsewhere, [path])
    expect(store.references(elsewhere)).toEqual([path])
  })

  it('says why contents cannot be had, until asked to try again', () => {
    store.addKnown([path])
    store.refuse(path, 'the cache does not answer')
    expect(() => store.readFile(inner)).toThrow('the cache does not answer')
    store.retry()
    expect(() => store.readFile(inner)).toThrow(MissingContents)
  })
})
