import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { byteStringToBytes, bytesToByteString } from './bytes'
import { formatHash, hashBytes } from './hash'
import { writeNar, type NarFile, type NarNode } from './nar'
import {
  bytesToOpen,
  checkPack,
  identifyTree,
  openPack,
  PackCheck,
  PackError,
  readPackHeader,
  writePack,
} from './pack'

const file = (text: string, executable = false): NarFile => ({
  type: 'regular',
  executable,
  contents: byteStringToBytes(text),
})
const folder = (entries: Record<string, NarNode>): NarNode => ({
  type: 'directory',
  entries: new Map(Object.entries(entries)),
})

/** Out of order, with names that sort differently by length, and bytes that are no UTF-8. */
const tree = folder({
  'z.nix': file('{ }'),
  lib: folder({
    'b\xff': file('latin'),
    b: folder({}),
    a: file(''),
    deep: folder({ x: file('y') }),
  }),
  '-a': file('#!/bin/sh\n', true),
  '.version': { type: 'symlink', target: 'lib/../lib/.version' },
  'lib-2': file('x'.repeat(100_000)),
})
const channel = { name: 'nixpkgs-20.09', label: '20.09 (abcdef)' }
const pack = writePack(tree, channel)

/** Something for two of the files. */
function syntaxOf(name: string, contents: Uint8Array): Uint8Array | null {
  if (name === 'x') return contents.slice()
  return name === 'z.nix' ? byteStringToBytes('12345') : null
}

function nodeAt(tree: NarNode, ...path: string[]): NarNode {
  let node = tree
  for (const name of path) {
    node = (node as Extract<NarNode, { type: 'directory' }>).entries.get(name)!
  }
  return node
}

describe('a pack', () => {
  it('holds the tree, and says what it is', () => {
    const opened = openPack(pack)
    expect(opened).toMatchObject({ ...channel, entries: 11 })
    expect(writeNar(opened.tree)).toEqual(writeNar(tree))
    expect(opened.narHash.bytes).toEqual(hashBytes('sha256', writeNar(tree)))
    expect(opened.narSize).toBe(writeNar(tree).length)
    expect(() => checkPack(opened)).not.toThrow()
  })

  it('is the same for the same tree, in whichever order its entries came', () => {
    expect(writePack(openPack(pack).tree, channel)).toEqual(pack)
  })

  it('has syntax trees beside the files that have one', () => {
    const opened = openPack(writePack(tree, channel, { syntaxOf }))
    const at = (...path: string[]) => {
      const syntax = opened.syntaxOf(nodeAt(opened.tree, ...path))
      return syntax && bytesToByteString(syntax)
    }
    expect(at('z.nix')).toBe('12345')
    expect(at('lib', 'deep', 'x')).toBe('y')
    expect(at('lib', 'a')).toBeNull()
    expect(at('lib')).toBeNull()
    expect(opened.storePath).toBe(openPack(pack).storePath)
    expect(() => checkPack(opened)).not.toThrow()
  })

  it('is read where it lies, wherever that is', () => {
    const around = new Uint8Array(pack.length + 20)
    around.set(pack, 7)
    const { tree: read } = openPack(around.subarray(7, 7 + pack.length))
    const node = (read as Extract<NarNode, { type: 'directory' }>).entries.get('z.nix')
    const { contents } = node as Extract<NarNode, { type: 'regular' }>
    expect(bytesToByteString(contents)).toBe('{ }')
    expect(contents.buffer).toBe(around.buffer)
  })

  it('is opened as soon as all but the contents is here', () => {
    const needed = bytesToOpen(pack)!
    expect(bytesToOpen(pack.subarray(0, 10))).toBeNull()
    expect(bytesToOpen(pack.subarray(0, 40))).toBeNull()
    expect(bytesToOpen(pack.subarray(0, needed))).toBe(needed)
    const coming = new Uint8Array(pack.length)
    coming.set(pack.subarray(0, needed))
    const opened = openPack(coming)
    expect(nodeAt(opened.tree, '.version')).toEqual(nodeAt(tree, '.version'))
    const last = nodeAt(opened.tree, 'z.nix') as NarFile
    expect(opened.endOf(last)).toBe(pack.length)
    coming.set(pack)
    expect(bytesToByteString(last.contents)).toBe('{ }')
  })

  it('begins with the contents that are wanted first, the others follow as in a NAR', () => {
    const first = [['z.nix'], ['lib', 'deep', 'x']].map((path) => nodeAt(tree, ...path) as NarFile)
    const opened = openPack(writePack(tree, channel, { syntaxOf, first }))
    const files = [['z.nix'], ['lib', 'deep', 'x'], ['-a'], ['lib', 'b\xff'], ['lib-2']]
    const ends = files.map((path) => opened.endOf(nodeAt(opened.tree, ...path)))
    expect(ends).toEqual([...ends].sort((a, b) => a - b))
    expect(new Set(ends).size).toBe(files.length)
    expect(writeNar(opened.tree)).toEqual(writeNar(tree))
  })

  it('is checked as far as it is here, and known when its last byte has come', () => {
    const bytes = writePack(tree, channel, { first: [nodeAt(tree, 'z.nix') as NarFile] })
    const coming = new Uint8Array(bytes.length)
    let received = bytesToOpen(bytes)!
    coming.set(bytes.subarray(0, received))
    const check = new PackCheck(openPack(coming))
    while (received < bytes.length - 1) {
      coming[received] = bytes[received]!
      check.advance(++received)
    }
    expect(() => check.advance(bytes.length)).toThrow('its contents are those of')
    coming.set(bytes)
    const whole = new PackCheck(openPack(coming))
    expect(() => whole.advance(bytes.length - 1)).not.toThrow()
    expect(() => whole.advance(bytes.length)).not.toThrow()
    expect(() => whole.advance(bytes.length)).not.toThrow()
  })

  it('tells its name from its beginning alone', () => {
    expect(readPackHeader(pack.subarray(0, 1000))).toMatchObject({
      ...channel,
      storePath: identifyTree(tree).storePath,
    })
  })

  it('opens 30,000 files', () => {
    const folders: Record<string, NarNode> = {}
    for (let i = 0; i < 1000; i++) {
      const files: Record<string, NarNode> = {}
      for (let j = 0; j < 30; j++) files[`file-${j}.nix`] = file('text')
      folders[`package-${i}`] = folder(files)
    }
    const large = writePack(folder(folders), channel)
    expect(openPack(large).entries).toBe(31_001)
  })
})

const directory = mkdtempSync(join(tmpdir(), 'snowglobe-pack-'))
afterAll(() => rmSync(directory, { recursive: true }))

describe.skipIf(spawnSync('nix-store', ['--version']).status !== 0)('as real Nix', () => {
  it('names the tree as nix-store --add does', () => {
    const source = join(directory, 'source')
    mkdirSync(join(source, 'lib'), { recursive: true })
    writeFileSync(join(source, 'default.nix'), '{ }')
    writeFileSync(join(source, 'lib/run'), '#!/bin/sh\n')
    chmodSync(join(source, 'lib/run'), 0o755)
    symlinkSync('lib/run', join(source, 'run'))
    const { storePath, narHash } = identifyTree(
      folder({
        'default.nix': file('{ }'),
        lib: folder({ run: file('#!/bin/sh\n', true) }),
        run: { type: 'symlink', target: 'lib/run' },
      }),
    )
    const nix = (command: string, ...args: string[]) =>
      execFileSync(command, args, {
        encoding: 'utf8',
        env: { ...process.env, NIX_STATE_DIR: join(directory, 'state'), NIX_REMOTE: '' },
      }).trim()
    expect(formatHash(narHash, 'nix32')).toBe(
      nix('nix-hash', '--type', 'sha256', '--base32', source),
    )
    const expression = `builtins.path { path = ${source}; name = "source"; }`
    const options = ['--eval', '--readonly-mode', '-E', expression]
    expect(`"${storePath}"`).toBe(nix('nix-instantiate', ...options))
  })
})

describe('a pack is refused', () => {
  const damaged = (change: (bytes: Uint8Array, view: DataView) => void) => {
    const bytes = pack.slice()
    change(bytes, new DataView(bytes.buffer))
    return bytes
  }
  const headerEnd = 20 + new DataView(pack.buffer).getUint32(16, true)
  const record = (index: number) => headerEnd + index * 16
  const names = record(11)
  const header = (change: (text: string) => string) => {
    const text = change(bytesToByteString(pack.subarray(20, headerEnd)))
    const start = pack.slice(0, 20)
    new DataView(start.buffer).setUint32(16, text.length, true)
    return new Uint8Array([...start, ...byteStringToBytes(text), ...pack.subarray(headerEnd)])
  }

  it.each<[string, Uint8Array, string]>([
    ['that is something else', byteStringToBytes('<!doctype html>'), 'this is no pack'],
    ['of a later version', damaged((bytes) => (bytes[15] = 0x34)), 'this is no pack'],
    ['without an end', pack.subarray(0, -1), 'its end is missing'],
    ['without an index', pack.subarray(0, headerEnd), 'its end is missing'],
    ['that ends in its header', pack.subarray(0, 30), 'ends within its header'],
    ['with something behind', new Uint8Array([...pack, 0]), 'something follows its end'],
    ['with an endless header', damaged((_, view) => view.setUint32(16, 2 ** 31, true)), 'at most'],
    ['with a broken header', damaged((bytes) => (bytes[20] = 0x20)), 'not JSON'],
    ['with a negative size', header((text) => text.replace(/"entries":/, '$&-')), 'entries'],
    ['with a hash that is none', header((text) => text.replace('sha256:', 'sha256:!')), 'narHash'],
    [
      'of another path',
      header((text) => text.replace('/nix/store/', '$&0')),
      'its hash is that of',
    ],
    ['with an unknown type', damaged((bytes) => (bytes[record(3)] = 4)), 'entry 3 of 11'],
    ['with a file as root', damaged((bytes) => (bytes[record(0)] = 1)), 'the root is no directory'],
    [
      'with a directory within itself',
      damaged((_, view) => view.setUint32(record(3) + 4, 0, true)),
      'entries are not where they should be',
    ],
    [
      'with contents elsewhere',
      damaged((_, view) => view.setUint32(record(1) + 4, 2 ** 31, true)),
      'contents are not where they should be',
    ],
    [
      'with contents that are too few',
      damaged((_, view) => view.setUint32(record(1) + 8, 1, true)),
      'it holds what belongs to no entry',
    ],
    [
      'with too many children',
      damaged((_, view) => view.setUint32(record(0) + 8, 500, true)),
      'entries are not where they should be',
    ],
    ['with orphans', damaged((_, view) => view.setUint32(record(0) + 8, 4, true)), 'damaged'],
    ['with a long name', damaged((bytes) => (bytes[record(10) + 1] = 255)), 'name lies outside'],
    ['with a slash in a name', damaged((bytes) => (bytes[names] = 0x2f)), 'a slash'],
    ['with names out of order', damaged((bytes) => (bytes[names] = 0x7a)), 'not sorted'],
    [
      'with a syntax tree that nobody has given it',
      damaged((_, view) => view.setUint32(record(1) + 12, 1, true)),
      'it holds what belongs to no entry',
    ],
    ['with the name ..', damaged((bytes) => bytes.set([0x2e, 0x2e], names)), "'.' or '..'"],
  ])('%s', (_, bytes, message) => {
    expect(() => openPack(bytes)).toThrow(PackError)
    expect(() => openPack(bytes)).toThrow(message)
  })

  it('whose contents are not those of its path', () => {
    const opened = openPack(damaged((bytes) => (bytes[bytes.length - 5]! ^= 1)))
    expect(() => checkPack(opened)).toThrow('its contents are those of /nix/store/')
  })

  it('before it is made: a name that no snippet can have, a single file, a name that is none', () => {
    expect(() => writePack(tree, { ...channel, name: 'a b' })).toThrow('cannot be the name')
    expect(() => writePack(file('text'), channel)).toThrow('a directory of files')
    expect(() => writePack(folder({ '..': file('') }), channel)).toThrow('invalid file name')
  })
})
