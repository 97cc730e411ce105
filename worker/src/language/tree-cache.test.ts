import { byteStringToBytes, bytesToByteString } from '@snowglobe/shared/bytes'
import { describe, expect, it } from 'vitest'
import { parse } from './parser'
import { PositionTable } from './positions'
import { TreeCache, treeSettings, type FileContents, type SyntaxSettings } from './tree-cache'

const settings: SyntaxSettings = {
  homeDirectory: '/home/nix',
  pipeOperators: false,
  lints: null,
  globals: ['map', 'true'],
}

function contents(text: string, identity: object | null = null): FileContents {
  return { identity, read: () => byteStringToBytes(text), syntax: () => null }
}

/** A cache, and what it had to be parsed for. */
function newCache(capacity = 1000) {
  const cache = new TreeCache(capacity)
  const parsed: string[] = []
  const tree = (path: string, file: FileContents, changed: Partial<SyntaxSettings> = {}) =>
    cache.tree(treeSettings({ ...settings, ...changed }), path, file, (bytes) => {
      const text = bytesToByteString(bytes)
      parsed.push(`${path}: ${text}`)
      return parse(text, {
        origin: { kind: 'file', path },
        basePath: '/',
        homeDirectory: null,
        positions: new PositionTable(),
        globals: () => true,
      })
    })
  return { cache, parsed, tree }
}

describe('the cache of trees', () => {
  it('parses a text once', () => {
    const { parsed, tree } = newCache()
    expect(tree('/a', contents('1 + 2'))).toBe(tree('/a', contents('1 + 2')))
    expect(parsed).toEqual(['/a: 1 + 2'])
  })

  it('does not read what is known to be the same', () => {
    const { tree } = newCache()
    const identity = {}
    const first = tree('/a', contents('1', identity))
    const unread = {
      ...contents('1', identity),
      read: () => {
        throw new Error('read')
      },
    }
    expect(tree('/a', unread)).toBe(first)
  })

  it('parses what has changed', () => {
    const { parsed, tree } = newCache()
    tree('/a', contents('1', {}))
    tree('/a', contents('2', {}))
    expect(tree('/a', contents('1', {})).source.text).toBe('1')
    expect(parsed).toEqual(['/a: 1', '/a: 2', '/a: 1'])
  })

  it('keeps a text at two paths apart', () => {
    const { tree } = newCache()
    const [a, b] = [tree('/a', contents('1')), tree('/b', contents('1'))]
    expect(a.source.origin).toEqual({ kind: 'file', path: '/a' })
    expect(b.source.origin).toEqual({ kind: 'file', path: '/b' })
  })

  it.each<Partial<SyntaxSettings>>([
    { homeDirectory: null },
    { pipeOperators: true },
    { lints: { absolutePaths: 'warn', shortPaths: 'ignore', urls: 'ignore' } },
    { globals: ['map'] },
  ])('keeps trees of other settings apart: %j', (changed) => {
    const { tree } = newCache()
    expect(tree('/a', contents('1'), changed)).not.toBe(tree('/a', contents('1')))
  })

  it('takes lints that are all ignored for none', () => {
    const { tree } = newCache()
    const lints = { absolutePaths: 'ignore', shortPaths: 'ignore', urls: 'ignore' } as const
    expect(tree('/a', contents('1'), { lints })).toBe(tree('/a', contents('1')))
  })

  it('does not care for the order of global names', () => {
    const { tree } = newCache()
    const turned = { globals: ['true', 'map'] }
    expect(tree('/a', contents('1'), turned)).toBe(tree('/a', contents('1')))
  })

  it('lets go of what was not used for longest', () => {
    const { parsed, tree } = newCache(8)
    tree('/a', contents('1234'))
    tree('/b', contents('1234'))
    tree('/a', contents('1234'))
    tree('/c', contents('1234'))
    parsed.length = 0
    tree('/a', contents('1234'))
    tree('/b', contents('1234'))
    expect(parsed).toEqual(['/b: 1234'])
  })

  it('keeps nothing that is larger than all it may keep', () => {
    const { parsed, tree } = newCache(8)
    tree('/a', contents('1234567890'))
    tree('/a', contents('1234567890'))
    expect(parsed).toHaveLength(2)
  })

  it('lets go of all when it is cleared', () => {
    const { cache, parsed, tree } = newCache()
    tree('/a', contents('1'))
    cache.clear()
    tree('/a', contents('1'))
    expect(parsed).toHaveLength(2)
  })
})
