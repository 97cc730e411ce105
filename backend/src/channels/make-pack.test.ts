import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { checkPack } from '@snowglobe/shared/pack'
import { Evaluator } from '@snowglobe/worker/evaluator/evaluator'
import { TestHost } from '@snowglobe/worker/evaluator/testing/test-host'
import { decodeTree } from '@snowglobe/worker/language/decode-tree'
import { SourceText } from '@snowglobe/worker/language/positions'
import { printTree } from '@snowglobe/worker/language/print-tree'
import { countFiles, makePack } from './make-pack'
import { SourceError } from './read-source'

const directory = mkdtempSync(join(tmpdir(), 'snowglobe-channel-'))
afterAll(() => rmSync(directory, { recursive: true }))

const source = join(directory, 'collection-1')
mkdirSync(join(source, 'pkgs/hello'), { recursive: true })
writeFileSync(join(source, '.version'), '20.09\n')
writeFileSync(join(source, 'default.nix'), '{ }: { }')
writeFileSync(join(source, 'pkgs/hello/build.sh'), '#!/bin/sh\n')
chmodSync(join(source, 'pkgs/hello/build.sh'), 0o755)
symlinkSync('pkgs/hello', join(source, 'hello'))
const { storePath } = makePack(source).pack

const tar = (file: string, ...options: string[]) => {
  const path = join(directory, file)
  execFileSync('tar', [...options, '-cf', path, '-C', directory, 'collection-1'])
  return path
}

describe('the pack of a directory', () => {
  it('has the name and the version that the tree says', () => {
    const { pack } = makePack(source)
    expect(pack).toMatchObject({ name: 'nixpkgs-20.09', label: '20.09' })
    expect(countFiles(pack.tree)).toBe(3)
    expect(() => checkPack(pack)).not.toThrow()
    expect(makePack(source, 'mine').pack.name).toBe('mine')
  })

  it('leaves out what git keeps there, and names the commit of a release', () => {
    const clone = join(directory, 'clone')
    execFileSync('cp', ['-a', source, clone])
    mkdirSync(join(clone, '.git'))
    writeFileSync(join(clone, '.git/HEAD'), 'ref: refs/heads/main\n')
    expect(makePack(clone).pack.storePath).toBe(storePath)
    writeFileSync(join(clone, '.git-revision'), 'abcdef0123456789abcdef\n')
    expect(makePack(clone).pack.label).toBe('20.09 (abcdef012345)')
    writeFileSync(join(clone, '.version-suffix'), '.3421.abcdef01234')
    expect(makePack(clone).pack.label).toBe('20.09.3421.abcdef01234')
  })

  it('has the syntax trees of its files', () => {
    const nix = join(directory, 'nix')
    mkdirSync(nix)
    writeFileSync(join(nix, 'right.nix'), '{ a = [ 1 2 ]; }')
    writeFileSync(join(nix, 'wrong.nix'), '{ a = [ 1 2 }')
    writeFileSync(join(nix, 'right.txt'), '{ a = [ 1 2 ]; }')
    const { tree, syntaxOf } = makePack(nix).pack
    if (tree.type !== 'directory') return expect.unreachable()
    const node = (name: string) => tree.entries.get(name)!
    expect(syntaxOf(node('wrong.nix'))).toBeNull()
    expect(syntaxOf(node('right.txt'))).toBeNull()

    const right = node('right.nix')
    if (right.type !== 'regular') return expect.unreachable()
    const { contents } = right
    const source = new SourceText({ kind: 'string' }, contents)
    const { fingerprint } = new Evaluator(new TestHost()).treeSettings
    const decoded = decodeTree(syntaxOf(right)!, source, '/', fingerprint)
    expect(printTree(decoded!.node)).toBe('{ a = [ (1) (2) ]; }')
  })

  it.skipIf(spawnSync('nix-instantiate', ['--version']).status !== 0)(
    'stands for the path that real Nix gives it',
    () => {
      const expression = `builtins.path { path = ${source}; name = "source"; }`
      const options = ['--eval', '--readonly-mode', '-E', expression]
      const path = execFileSync('nix-instantiate', options, { encoding: 'utf8' })
      expect(path.trim()).toBe(`"${storePath}"`)
    },
  )
})

describe('the pack of a tarball', () => {
  it.each([
    ['plain.tar', []],
    ['gzip.tar.gz', ['--gzip']],
    ['xz.tar.xz', ['--xz']],
    ['zstd.tar.zst', ['--zstd']],
  ])('is that of its directory (%s)', (file, options) => {
    expect(makePack(tar(file, ...options)).pack).toMatchObject({ storePath, name: 'nixpkgs-20.09' })
  })

  it('is that of all of it where there is no top directory', () => {
    const path = join(directory, 'flat.tar')
    execFileSync('tar', ['-cf', path, '-C', source, '.'])
    expect(makePack(path).pack.storePath).toBe(storePath)
  })
})

describe('what cannot be packed is told', () => {
  const damaged = join(directory, 'damaged.tar.xz')
  writeFileSync(damaged, Buffer.from('fd377a585a000000', 'hex'))
  const zipped = join(directory, 'damaged.tar.gz')
  writeFileSync(zipped, Buffer.from('1f8b080000', 'hex'))
  const page = join(directory, 'page.html')
  writeFileSync(page, '<!doctype html>'.repeat(100))

  it.each([
    [join(directory, 'nothing'), 'there is no file or directory'],
    [damaged, 'cannot be unpacked'],
    [zipped, 'cannot be unpacked'],
    [page, 'bad tar archive'],
  ])('%s', (path, message) => {
    expect(() => makePack(path)).toThrow(SourceError)
    expect(() => makePack(path)).toThrow(message)
  })
})
