/** The starter collection builds: packages from their sources, and what its stdenv promises of builds. */
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import {
  collection,
  CollectionStore,
  isMirrorReachable,
  patience,
  withoutMirror,
} from './collection/collection-store'
import { testDockerTools } from './collection/docker-tests'
import { testFetchgit } from './collection/fetchgit-tests'

const behaviours = join(import.meta.dirname, 'collection/stdenv.nix')
const examples = join(import.meta.dirname, 'manual-examples')
const skipped = isMirrorReachable ? '' : ` (${withoutMirror})`

describe.skipIf(!isMirrorReachable)(`builds of the starter collection${skipped}`, () => {
  const store = new CollectionStore()
  afterAll(() => store.remove())

  it(
    'has packages whose programs run, and that need no compiler to do so',
    async () => {
      const names = ['bzip2', 'figlet', 'hello', 'tinycc', 'tree']
      const { status, paths, log } = await store.build(
        collection,
        ...names.flatMap((name) => ['-A', name]),
      )
      expect(status, log).toBe(0)
      const [bzip2, figlet, hello, tinycc, tree] = paths as [string, string, string, string, string]
      expect(store.output(`${hello}/bin/hello`)).toBe('Hello, world!\n')
      expect(store.output(`${figlet}/bin/figlet`, 'Nix')).toContain(String.raw`| \ | (_)`)
      expect(store.output(`${tree}/bin/tree`, '--noreport', `${hello}/bin`)).toMatch(
        /(--|──) hello/,
      )
      expect(store.output(`${tinycc}/bin/tcc`, '-v')).toContain('tcc version 0.9.27')
      const requisites = ['-q', '--requisites', bzip2, figlet, hello, tree]
      const needed = (await store.run('nix-store', ...requisites)).stdout
      expect(needed).toContain('-glibc-2.36\n')
      expect(needed).not.toMatch(/-(gcc-12.2.0|gcc-wrapper-12.2.0|binutils-2.40|glibc-2.36-dev)$/m)
    },
    patience,
  )

  it(
    'does what is documented of stdenv',
    async () => {
      const all = `import ${behaviours} (import ${collection} { })`
      const { status, log } = await store.build('--keep-going', '-E', all)
      expect(status, log).toBe(0)
    },
    patience,
  )

  it(
    "builds what nixpkgs' manual shows",
    async () => {
      const subjects = `builtins.attrValues (import ${examples} ${collection})`
      const all = `map (subject: builtins.attrValues subject.built) (${subjects})`
      const { status, log } = await store.build('--keep-going', '-E', all)
      expect(status, log).toBe(0)
    },
    patience,
  )

  it(
    'announces its phases to who reads the log',
    async () => {
      const twice = `(import ${behaviours} (import ${collection} { })).phasesAndHooks`
      const { status, paths, log } = await store.build('-E', twice)
      expect(status, log).toBe(0)
      const { stdout } = await store.run('nix-store', '--read-log', ...paths)
      const lines = stdout.split('\n')
      const announced = lines
        .filter((line) => line.startsWith('@nix '))
        .map((line) => (JSON.parse(line.slice('@nix '.length)) as { phase: string }).phase)
      expect(announced.join(' ')).toBe(
        'unpackPhase patchPhase configurePhase buildPhase checkPhase installPhase fixupPhase installCheckPhase',
      )
    },
    patience,
  )

  testFetchgit(store)
  testDockerTools(store)
})
