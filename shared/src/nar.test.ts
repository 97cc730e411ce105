import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { nixVersion, withoutNix } from '../../tests/real-nix'
import { byteStringToBytes, bytesToByteString, type ByteString } from './bytes'
import { indexNar, indexNarAt, NarError, narSize, readNar, writeNar, type NarNode } from './nar'

const file = (contents: string, executable = false): NarNode => ({
  type: 'regular',
  executable,
  contents: byteStringToBytes(contents),
})
const link = (target: string): NarNode => ({ type: 'symlink', target })
const directory = (entries: Record<string, NarNode>): NarNode => ({
  type: 'directory',
  entries: new Map(Object.entries(entries)),
})

/** An archive put together by hand, so that it can be wrong: each text as a string of the format. */
const archive = (...texts: string[]): Uint8Array => {
  const parts = ['nix-archive-1', ...texts].map((text) => {
    const padding = '\0'.repeat((8 - (text.length % 8)) % 8)
    const length = String.fromCharCode(text.length & 255, text.length >> 8) + '\0'.repeat(6)
    return length + text + padding
  })
  return byteStringToBytes(parts.join(''))
}
const node = {
  file: ['(', 'type', 'regular', 'contents', '', ')'],
  directory: (...entries: string[][]) => ['(', 'type', 'directory', ...entries.flat(), ')'],
}
const entry = (name: string, ...node: string[]) => [
  'entry',
  '(',
  'name',
  name,
  'node',
  ...node,
  ')',
]

describe('writing and reading archives', () => {
  const tree = directory({
    a: file('1'),
    'b c': file('x'.repeat(8), true),
    empty: file(''),
    deep: directory({ er: directory({ link: link('../../a'), none: directory({}) }) }),
    '\xc3\xa9': file('\x00\xff'),
    '...': file('three dots'),
    ['n'.repeat(255)]: link('t'.repeat(4095)),
  })

  it('gives back the tree', () => {
    const bytes = writeNar(tree)
    expect(bytes).toHaveLength(narSize(tree))
    expect(bytes.length % 8).toBe(0)
    const read = readNar(bytes)
    expect(writeNar(read)).toEqual(bytes)
    expect(read).toEqual(tree)
    for (const single of [file('abc'), link('a b'), directory({})])
      expect(readNar(writeNar(single))).toEqual(single)
  })

  it('sorts entries by their bytes', () => {
    const unsorted = directory({ b: file(''), 'a.b': file(''), a: directory({}), 'a-b': file('') })
    const read = readNar(writeNar(unsorted))
    expect(read.type === 'directory' && [...read.entries.keys()]).toEqual(['a', 'a-b', 'a.b', 'b'])
  })

  it('does not copy contents', () => {
    const bytes = writeNar(file('abc'))
    const read = readNar(bytes)
    expect(read.type === 'regular' && read.contents.buffer).toBe(bytes.buffer)
  })

  it('finds files in an archive that lies in something larger', () => {
    const bytes = writeNar(directory({ a: file('hello') }))
    const larger = new Uint8Array(bytes.length + 30)
    larger.set(bytes, 10)
    const { root, end } = indexNarAt(larger, 10)
    expect(end).toBe(10 + bytes.length)
    const found = root.type === 'directory' ? root.entries.get('a')! : root
    if (found.type !== 'regular') throw new Error('not a file')
    const contents = larger.subarray(found.offset, found.offset + found.size)
    expect(bytesToByteString(contents)).toBe('hello')
  })

  it('allows 63 directories one in another, and no more', () => {
    const nested = (depth: number): NarNode =>
      depth === 0 ? file('') : directory({ d: nested(depth - 1) })
    expect(() => indexNar(writeNar(nested(63)))).not.toThrow()
    expect(() => writeNar(nested(64))).toThrow(NarError)
    const texts = (depth: number): string[] =>
      depth === 0 ? node.file : node.directory(entry('d', ...texts(depth - 1)))
    expect(() => indexNar(archive(...texts(63)))).not.toThrow()
    expect(() => indexNar(archive(...texts(64)))).toThrow('exceeds maximum depth of 64')
  })

  it('does not overflow the stack on an endless nesting', () => {
    const texts = Array.from({ length: 2000 }, () => node.directory(entry('d')).slice(0, -2)).flat()
    expect(() => indexNar(archive(...texts))).toThrow(NarError)
  })

  it.each(['', '.', '..', 'a/b', '/', 'a\0b', 'n'.repeat(256)])(
    'neither writes nor reads an entry %j',
    (name) => {
      expect(() => writeNar(directory({ [name]: file('') }))).toThrow(NarError)
      expect(() => readNar(archive(...node.directory(entry(name, ...node.file))))).toThrow(NarError)
    },
  )

  it.each(['', 'a\0b', 't'.repeat(4096)])('neither writes nor reads a link to %j', (target) => {
    expect(() => writeNar(link(target))).toThrow(NarError)
    expect(() => readNar(archive('(', 'type', 'symlink', 'target', target, ')'))).toThrow(NarError)
  })
})

describe('the strict reader', () => {
  const wrong: [string, string[], string][] = [
    ['a missing bracket', ['(', 'type', 'regular', 'contents', ''], 'ends within'],
    ['an unknown type', ['(', 'type', 'fifo', ')'], "unknown file type 'fifo'"],
    ['no type', ['(', 'regular', 'contents', '', ')'], "expected tag 'type', got 'regular'"],
    ['no contents', ['(', 'type', 'regular', ')'], "expected tag 'contents', got ')'"],
    [
      'an executable marker with a value',
      ['(', 'type', 'regular', 'executable', 'yes', 'contents', '', ')'],
      'executable marker of 3 bytes',
    ],
    [
      'the executable marker behind the contents',
      ['(', 'type', 'regular', 'contents', '', 'executable', '', ')'],
      "expected tag ')', got 'executable'",
    ],
    [
      'a name behind its node',
      ['(', 'type', 'directory', 'entry', '(', 'node', ...node.file, 'name', 'a', ')', ')'],
      "expected tag 'name', got 'node'",
    ],
    ['a link without target', ['(', 'type', 'symlink', ')'], "expected tag 'target', got ')'"],
    ['a second root', [...node.file, ...node.file], 'bytes follow the end'],
    [
      'a long keyword',
      ['(', 'type', 'x'.repeat(33)],
      'keyword of 33 bytes, at most 32 are allowed',
    ],
    [
      'entries in the wrong order',
      node.directory(entry('b', ...node.file), entry('a', ...node.file)),
      "NAR directory is not sorted: 'a' follows 'b'",
    ],
    [
      'the same entry twice, first as a link',
      node.directory(
        entry('x', '(', 'type', 'symlink', 'target', '/etc', ')'),
        entry('x', ...node.directory()),
      ),
      "not sorted: 'x' follows 'x'",
    ],
  ]
  it.each(wrong)('refuses %s', (_, texts, message) => {
    expect(() => readNar(archive(...texts))).toThrow(NarError)
    expect(() => readNar(archive(...texts))).toThrow(message)
  })

  const whole = writeNar(directory({ a: file('12345'), l: link('a') }))

  it('refuses an archive cut off anywhere', () => {
    for (let length = 0; length < whole.length; length++)
      expect(() => readNar(whole.subarray(0, length)), `${length} bytes`).toThrow(NarError)
  })

  it('refuses bytes behind the end', () => {
    const longer = new Uint8Array(whole.length + 8)
    longer.set(whole)
    expect(() => readNar(longer)).toThrow(`8 bytes follow the end (at byte ${whole.length})`)
  })

  it('refuses padding that is not zero, and any archive that it would write otherwise', () => {
    let refused = 0
    for (let i = 0; i < whole.length; i++) {
      const changed = whole.slice()
      changed[i]! ^= 1
      try {
        // Where another byte is accepted, it must mean another tree.
        expect(writeNar(readNar(changed))).toEqual(changed)
      } catch (error) {
        expect(error).toBeInstanceOf(NarError)
        refused++
      }
    }
    // Only the letters of two names, a target and five of contents may be others.
    expect(whole.length - refused).toBe(8)
    const start = whole.findIndex((byte, i) => byte === 0x35 && whole[i - 1] === 0x34)
    const padded = whole.slice()
    padded[start + 1] = 1
    expect(() => readNar(padded)).toThrow('non-zero padding')
  })

  it('refuses lengths beyond the end, however large', () => {
    for (const byte of [7, 6, 3]) {
      const huge = writeNar(file('12345678'))
      const length = huge.findIndex((value, i) => value === 8 && huge[i + 8] === 0x31)
      huge[length + byte] = 0xff
      expect(() => readNar(huge)).toThrow("goes beyond the archive's end")
    }
  })

  it('refuses what is no archive', () => {
    for (const text of ['', 'hello', '#!/bin/sh', '\0'.repeat(100)])
      expect(() => readNar(byteStringToBytes(text))).toThrow(
        "bad archive: input doesn't look like a Nix archive (at byte 0)",
      )
  })
})

describe.skipIf(nixVersion === null)(`archives of ${nixVersion ?? withoutNix}`, () => {
  const temporary = mkdtempSync(join(tmpdir(), 'snowglobe-nar-'))
  const root = join(temporary, 'tree')
  afterAll(() => rmSync(temporary, { recursive: true }))
  const dump = (path: string) =>
    Uint8Array.from(execFileSync('nix-store', ['--dump', path], { maxBuffer: 1e8 }))

  it('are read and written byte for byte', () => {
    mkdirSync(join(root, 'a/b/c'), { recursive: true })
    mkdirSync(join(root, 'empty'))
    for (let size = 0; size <= 17; size++)
      writeFileSync(join(root, 'a', `size-${size}`), 'z'.repeat(size))
    for (const name of ['a.b', 'a-b', 'A', 'ab', 'é', 'ÿ', 'z z', '😀'])
      writeFileSync(join(root, name), name)
    writeFileSync(join(root, 'a/b/run'), '#!/bin/sh\n')
    chmodSync(join(root, 'a/b/run'), 0o755)
    writeFileSync(join(root, 'large'), Buffer.alloc(1_000_003, 'abc'))
    symlinkSync('../large', join(root, 'a/link'))
    symlinkSync('/nowhere/é', join(root, 'dangling'))
    const nar = dump(root)
    const tree = readNar(nar)
    // Quicker than toEqual on a million bytes.
    expect(Buffer.compare(writeNar(tree), nar)).toBe(0)
    if (tree.type !== 'directory') throw new Error('not a directory')
    expect(tree.entries.get('dangling')).toEqual(link('/nowhere/\xc3\xa9'))
    expect([...tree.entries.keys()]).toContain('\xf0\x9f\x98\x80')
  })

  it('are restored from ours', () => {
    const tree = directory({ bin: directory({ x: file('hi', true) }), l: link('bin/x') })
    const restored = join(temporary, 'restored')
    execFileSync('nix-store', ['--restore', restored], { input: writeNar(tree) })
    expect(readNar(dump(restored))).toEqual(tree)
  })

  it('are refused where ours are', () => {
    let count = 0
    const refuses = (nar: Uint8Array) =>
      expect(() =>
        execFileSync('nix-store', ['--restore', join(temporary, `refused-${count++}`)], {
          input: nar,
          stdio: ['pipe', 'ignore', 'pipe'],
        }),
      ).toThrow('NAR contains invalid file name')
    const names: ByteString[] = ['', '.', '..', 'a/b']
    for (const name of names) refuses(archive(...node.directory(entry(name, ...node.file))))
    // The order of entries is left out: Nix did not check it before CVE-2024-45593.
  })
})
