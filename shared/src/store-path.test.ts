import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { nixVersion, storeEnvironment, withoutNix } from '../../tests/real-nix'
import { hashBytes, type Hash, type HashAlgorithm } from './hash'
import {
  checkStorePathName,
  isStorePath,
  makeFixedOutputPath,
  makeTextPath,
  outputPathName,
  parseStorePath,
  StorePathError,
  storePathOf,
} from './store-path'

const hashPart = 'yv0r4nsc6i1gpdqv3p218cap21b22lrc'
const path = `/nix/store/${hashPart}-hello-2.10`

describe('the syntax of store paths', () => {
  it('splits them into hash part and name', () => {
    expect(parseStorePath('/nix/store', path)).toEqual({ hashPart, name: 'hello-2.10' })
    expect(parseStorePath('/x', `/x/${hashPart}-a`).name).toBe('a')
  })

  it.each([
    ['/nix/store', 'is not in the Nix store'],
    ['/nix/store/', 'is not in the Nix store'],
    ['/nix/storex/' + hashPart + '-a', 'is not in the Nix store'],
    [`${path}/bin`, 'is not in the Nix store'],
    ['/nix/store/hello', 'is too short to be a valid store path'],
    [`/nix/store/${hashPart}+a`, "the hash part is not followed by a '-'"],
    [`/nix/store/${hashPart.replace('y', 'e')}-a`, "illegal base-32 character 'e'"],
    [`/nix/store/${hashPart.replace('y', 'Y')}-a`, "illegal base-32 character 'Y'"],
    [`/nix/store/${hashPart}-`, 'name must not be empty'],
    [`/nix/store/${hashPart}-a b`, "contains illegal character ' '"],
    [`/nix/store/${hashPart}-a\n`, 'contains illegal character'],
    [`/nix/store/${hashPart}-..`, "name '..' is not valid"],
  ])('refuses %j', (text, message) => {
    expect(() => parseStorePath('/nix/store', text)).toThrow(StorePathError)
    expect(() => parseStorePath('/nix/store', text)).toThrow(message)
    expect(isStorePath('/nix/store', text)).toBe(false)
  })

  it('finds the store path that a file belongs to', () => {
    expect(storePathOf('/nix/store', path)).toBe(path)
    expect(storePathOf('/nix/store', `${path}/bin/hello`)).toBe(path)
    expect(() => storePathOf('/nix/store', '/nix/store/hello/bin')).toThrow(StorePathError)
    expect(() => storePathOf('/nix/store', '/nix/store')).toThrow(StorePathError)
    expect(() => storePathOf('/nix/store', '/etc/passwd')).toThrow(StorePathError)
  })

  it('names output paths', () => {
    expect(outputPathName('hello', 'out')).toBe('hello')
    expect(outputPathName('hello', 'dev')).toBe('hello-dev')
  })

  it.each(['.foo', 'a.drv', '-', '?', '...', '.a-b', 'a'.repeat(211), '0+=_'])(
    'allows the name %j',
    (name) => {
      checkStorePathName(name)
      expect(isStorePath('/nix/store', `/nix/store/${hashPart}-${name}`)).toBe(true)
    },
  )

  it.each(['', '.', '..', '.-a', '..-a', 'a/b', 'a'.repeat(212), 'é', 'a\0'])(
    'refuses the name %j',
    (name) => {
      expect(() => checkStorePathName(name)).toThrow(StorePathError)
      expect(isStorePath('/nix/store', `/nix/store/${hashPart}-${name}`)).toBe(false)
    },
  )
})

describe('computed store paths', () => {
  it('do not allow references where Nix does not', () => {
    const hash: Hash = { algorithm: 'sha256', bytes: hashBytes('sha256', '') }
    expect(() => makeFixedOutputPath('/nix/store', 'flat', hash, 'a', [path])).toThrow(
      "fixed output derivation 'a' is not allowed to refer to other store paths",
    )
    expect(() => makeFixedOutputPath('/nix/store', 'flat', hash, 'a', [], true)).toThrow(
      StorePathError,
    )
    expect(() => makeTextPath('/nix/store', '.', hash, [])).toThrow("name '.' is not valid")
  })

  describe.skipIf(nixVersion === null)(`are those of ${nixVersion ?? withoutNix}`, () => {
    const directory = realpathSync(mkdtempSync(join(tmpdir(), 'snowglobe-store-path-')))
    const env = storeEnvironment(directory)
    const storeDir = env['NIX_STORE_DIR']!
    afterAll(() => {
      execFileSync('chmod', ['-R', 'u+w', directory])
      rmSync(directory, { recursive: true })
    })
    const run = (command: string, ...args: string[]) =>
      execFileSync(command, args, { env, stdio: ['ignore', 'pipe', 'ignore'] })

    it('for fixed content, flat and recursive, of every algorithm', () => {
      const tree = join(directory, 'tree')
      mkdirSync(tree)
      writeFileSync(join(tree, 'file'), 'contents')
      symlinkSync('file', join(tree, 'link'))
      const nar = run('nix-store', '--dump', tree)
      for (const algorithm of ['md5', 'sha1', 'sha256', 'sha512'] as HashAlgorithm[]) {
        const recursive: Hash = { algorithm, bytes: hashBytes(algorithm, nar) }
        const added = run('nix-store', '--add-fixed', '--recursive', algorithm, tree)
        expect(makeFixedOutputPath(storeDir, 'recursive', recursive, 'tree')).toBe(
          added.toString().trim(),
        )
        const flat: Hash = { algorithm, bytes: hashBytes(algorithm, 'contents') }
        const addedFile = run('nix-store', '--add-fixed', algorithm, join(tree, 'file'))
        expect(makeFixedOutputPath(storeDir, 'flat', flat, 'file')).toBe(
          addedFile.toString().trim(),
        )
      }
    })

    it('for text with references', () => {
      const expression =
        'let t = builtins.toFile; a = t "a" "1"; b = t "b" "2"; in [ a b (t "c" "${b} ${a}") ]'
      const [a, b, c] = JSON.parse(
        run('nix-instantiate', '--eval', '--strict', '--json', '-E', expression).toString(),
      ) as [string, string, string]
      const hash = (text: string): Hash => ({
        algorithm: 'sha256',
        bytes: hashBytes('sha256', text),
      })
      expect(makeTextPath(storeDir, 'a', hash('1'), [])).toBe(a)
      expect(makeTextPath(storeDir, 'c', hash(`${b} ${a}`), [b, a, b])).toBe(c)
    })
  })
})
