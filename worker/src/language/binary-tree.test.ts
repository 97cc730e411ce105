import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { byteStringToBytes, utf8ToByteString } from '@snowglobe/shared/bytes'
import { decodeTree } from './decode-tree'
import { encodeTree } from './encode-tree'
import { parse, type SyntaxTree } from './parser'
import type { ParseOptions } from './parser-state'
import { PositionTable, SourceText } from './positions'
import { printTree } from './print-tree'
import { NixSyntaxError } from './syntax-error'
import {
  NodeKind,
  resolved,
  type AttributeSetNode,
  type DeferredNode,
  type LambdaNode,
  type Node,
  type Position,
} from './tree'

const fingerprint = 7

function read(text: string, changed: Partial<ParseOptions> = {}): SyntaxTree {
  return parse(text, {
    origin: { kind: 'file', path: '/base/file.nix' },
    basePath: '/base',
    homeDirectory: '/home/nix',
    positions: new PositionTable(),
    globals: (name) => name === 'map' || name === 'builtins' || name.startsWith('__'),
    ...changed,
  })
}

/** As all-packages.nix is written. */
const packages = `f: { ${Array.from({ length: 100 }, (_, i) => `a${i} = f ./a${i} { };`).join(' ')} }`

function encoded(text: string, tree: SyntaxTree = read(text)): Uint8Array {
  const bytes = encodeTree(tree, fingerprint)
  expect(bytes).not.toBeNull()
  return bytes!
}

function decoded(text: string, bytes: Uint8Array, basePath = '/base'): SyntaxTree | null {
  const contents = byteStringToBytes(text)
  const source = new SourceText({ kind: 'file', path: '/base/file.nix' }, contents)
  return decodeTree(bytes, source, basePath, fingerprint)
}

/** What a tree says, nothing of it deferred, with positions as offsets. */
function whole(value: unknown, base: Position): unknown {
  if (Array.isArray(value)) return value.map((item) => whole(item, base))
  if (value instanceof Uint8Array) return [...value]
  if (typeof value !== 'object' || value === null) return value
  const node = resolved(value as Node)
  const entries = Object.entries(node).filter(([key]) => counts(node, key))
  return Object.fromEntries(
    entries.map(([key, field]) => {
      if (/position$/i.test(key)) return [key, field === 0 ? 'none' : (field as number) - base]
      if (!/positions$/i.test(key)) return [key, whole(field, base)]
      return [key, (field as number[]).map((position) => position - base)]
    }),
  )
}

/** Variables of all kinds have one shape: some fields are of other kinds. */
function counts({ kind }: Node, field: string): boolean {
  if (field === 'levels') return kind === NodeKind.WithVariable
  if (['left', 'right', 'operator'].includes(field)) {
    // What was an operator may have become a call, in place.
    return kind !== NodeKind.Call && kind !== NodeKind.Not
  }
  return (field !== 'level' && field !== 'slot') || kind === NodeKind.Local
}

function expectSame(text: string, changed: Partial<ParseOptions> = {}): void {
  const tree = read(text, changed)
  const again = decoded(text, encoded(text, tree))!
  expect(whole(again.node, again.source.base)).toEqual(whole(tree.node, tree.source.base))
  expect(printTree(again.node)).toBe(printTree(tree.node))
}

/** The expressions of the parser's own tests that are right. */
function corpus(): string[] {
  const directory = new URL('corpus/', import.meta.url)
  const texts = readdirSync(directory).flatMap((file) =>
    readFileSync(new URL(file, directory), 'utf8')
      .split(/\n\n+/)
      .map((block) => utf8ToByteString(block.split('\n==>')[0])),
  )
  return texts.filter((text) => {
    try {
      return encodeTree(read(text), fingerprint) !== null
    } catch (error) {
      if (error instanceof NixSyntaxError) return false
      throw error
    }
  })
}

const texts = corpus()

/** The same numbers each time. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

/** An expression that is made of those of the corpus, nested in each other. */
function randomText(random: (below: number) => number, depth: number): string {
  if (depth === 0) return `(${texts[random(texts.length)]}\n)`
  const inner = () => randomText(random, depth - 1 - random(depth))
  switch (random(10)) {
    case 0:
      return `{ a = ${inner()}; inherit (${inner()}) b c; "d e" = ${inner()}; }`
    case 1:
      return `rec { a = ${inner()}; b.c = a; b.d = 1; inherit map; \${map ${inner()}} = ${inner()}; }`
    case 2:
      return `[ ${inner()} ${inner()} ${inner()} ]`
    case 3:
      return `({ x ? ${inner()}, y, ... }@all: ${inner()})`
    case 4:
      return `(a: b: with ${inner()}; ${inner()} + q)`
    case 5:
      return `(let a = ${inner()}; in ${inner()}) ${inner()}`
    case 6:
      return `"text ${'$'}{${inner()}} text"`
    case 7:
      return `''\n    line ${'$'}{${inner()}}\n      more\n  ''`
    case 8:
      return `(if ${inner()} ? a.b then ${inner()} else ${inner()}.x or ${inner()})`
    default:
      return `(${inner()} // ${inner()} ++ ${inner()} == ${inner()} - ${inner()} < ${inner()})`
  }
}

describe('the binary form of trees', () => {
  it.each(texts)('keeps %s', (text) => expectSame(text))

  it.each(Array.from({ length: 200 }, (_, i) => i + 1))('keeps random tree %i', (seed) => {
    expectSame(randomText(randomNumbers(seed * 7919), 4), { globals: (name) => name !== 'q' })
  })

  it.each([
    '1073741823',
    '1073741824',
    '9007199254740993',
    '9223372036854775807',
    '-9223372036854775807',
    '[ 1.5 .5e300 1.0e-5 ]',
    "''\n  a\n    b\n\n  c\n''",
    "''  one line''",
    "''\n  ${\"a\"}b ''$ ''' ''\\n\n''",
    '"a\\nb" + "" + "\\""',
    '{ "a b" = 1; "\\n" = 2; "" = 3; }.""',
    'let __sub = 1; in 1 - 2',
    'a: b: c: d: e: f: g: h: a',
    '[ <nixpkgs> ./a/${map}/b ../x /y ]',
    `{ ${Array.from({ length: 400 }, (_, i) => `a${i} = ${i};`).join(' ')} inherit (map) z; }`,
    "[ \"\xc3\xa4\" ''\n \xc3\xa4\n b'' ]",
    packages,
  ])('keeps %s', (text) => expectSame(text))

  it('defers the calls of large sets, however small they are', () => {
    const { node } = decoded(packages, encoded(packages))!
    const body = (node as LambdaNode).body as DeferredNode
    const { bindings } = body.resolve() as AttributeSetNode
    expect(bindings.map(({ value }) => value.kind)).toEqual(bindings.map(() => NodeKind.Deferred))
  })

  it('is less than half of the text', () => {
    const text = readFileSync(new URL('binary-tree.test.nix', import.meta.url), 'latin1')
    expect(encoded(text).length).toBeLessThan(text.length / 2)
  })

  it('reads paths from the directory that it is told', () => {
    const text = './a + ../b + /c + "${./d}/${./e/${map}}"'
    const tree = decoded(text, encoded(text), '/other/place')!
    expect(printTree(tree.node)).toBe(printTree(read(text, { basePath: '/other/place' }).node))
  })

  it('decodes what is deferred once', () => {
    const text = '{ a = map (x: x) [ "a long string" "another long string" ]; }'
    const { node } = decoded(text, encoded(text))!
    if (node.kind !== NodeKind.AttributeSet) return expect.unreachable()
    const { value } = node.bindings[0]
    expect(value.kind).toBe(NodeKind.Deferred)
    expect(resolved(value)).toBe(resolved(value))
  })

  it.each(['~/a', '[ map or ]', '[ ~/a/${map} ]'])('is not there for %s', (text) => {
    expect(encodeTree(read(text, { globals: () => true }), fingerprint)).toBeNull()
  })

  it('is not there for what nests too deep to be decoded', () => {
    expect(encodeTree(read(`1${' + 1'.repeat(10_000)}`), fingerprint)).toBeNull()
    expect(encodeTree(read(`${'['.repeat(10_000)}${']'.repeat(10_000)}`), fingerprint)).toBeNull()
  })

  it('nests as deep as texts of people', () => {
    expectSame(`${'[ '.repeat(300)}${' ]'.repeat(300)}`)
    expectSame(`1${' + 1'.repeat(150)}`)
    expectSame(`${'{ a = '.repeat(300)}1${'; }'.repeat(300)}`)
  })

  it('is refused where it is damaged', () => {
    const text = 'let a = { b = [ 1 2 3 ]; }; in a.b ++ [ "x" ]'
    const bytes = encoded(text)
    for (let i = 0; i < bytes.length; i++) {
      const damaged = bytes.slice()
      damaged[i] ^= 1 << (i % 8)
      expect(decoded(text, damaged), `byte ${i}`).toBeNull()
      expect(decoded(text, bytes.slice(0, i)), `${i} bytes`).toBeNull()
    }
  })

  it('is refused for other settings and longer texts', () => {
    const text = '[ 1 2 ]'
    const tree = encodeTree(read(text), fingerprint + 1)!
    expect(decoded(text, tree)).toBeNull()
    expect(decoded(`${text} `, encoded(text))).toBeNull()
  })
})
