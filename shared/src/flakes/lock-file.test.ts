import { describe, expect, it } from 'vitest'
import { findInput, formatLockFile, parseLockFile, type LockedNode } from './lock-file'

const rev = '0123456789abcdef0123456789abcdef01234567'
const github = (repo: string) => ({ type: 'github', owner: 'o', repo })

const file = {
  nodes: {
    a: {
      inputs: { b: ['b'], c: 'c' },
      locked: { ...github('a'), rev, lastModified: 5 },
      original: github('a'),
    },
    b: { flake: false, locked: { ...github('b'), rev }, original: github('b') },
    c: {
      locked: { path: './c', type: 'path' },
      original: { path: './c', type: 'path' },
      parent: ['a'],
    },
    root: { inputs: { a: 'a', b: 'b', d: ['a', 'c'] } },
  },
  root: 'root',
  version: 7,
}

const sorted = (value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, inner]) => [key, sorted(inner)]),
      )
    : value
const text = `${JSON.stringify(sorted(file), null, 2)}\n`

describe('lock files', () => {
  it('are written as they were read', () => {
    expect(formatLockFile(parseLockFile(text, 'flake.lock')).text).toBe(text)
  })

  it('lead to nodes by names, also by what others follow', () => {
    const root = parseLockFile(text, 'flake.lock')
    const repo = (path: string[]) =>
      (findInput(root, path) as LockedNode | null)?.locked.input.get('repo')
    expect(repo(['a'])).toBe('a')
    expect(repo(['a', 'b'])).toBe('b')
    expect(findInput(root, ['d'])).toBe(findInput(root, ['a', 'c']))
    expect(findInput(root, ['d'])).toMatchObject({ parent: ['a'] })
    expect(findInput(root, ['x'])).toBeNull()
    expect((findInput(root, ['b']) as LockedNode).isFlake).toBe(false)
  })

  it('give nodes of one name numbers', () => {
    const root = parseLockFile(text, 'flake.lock')
    const a = root.inputs.get('a')!
    if (a.kind !== 'node') throw new Error('a is no node')
    a.node.inputs.set('a', { kind: 'node', node: { ...a.node, inputs: new Map() } })
    const { text: written, keys } = formatLockFile(root)
    expect(JSON.parse(written)).toMatchObject({ nodes: { a: { inputs: { a: 'a_2' } } } })
    expect([...keys.values()]).toContain('a_2')
  })

  it('do not follow in circles', () => {
    const circle = {
      nodes: { root: { inputs: { a: ['b'], b: ['a'] } } },
      root: 'root',
      version: 7,
    }
    const root = parseLockFile(JSON.stringify(circle), 'flake.lock')
    expect(() => findInput(root, ['a'])).toThrow('follow cycle detected: [a -> b -> a]')
  })

  it.each([
    ['{', "Could not parse 'x'"],
    ['{ "version": 4 }', "lock file 'x' has unsupported version 4"],
    [
      '{ "version": 7, "root": "r", "nodes": { "r": { "inputs": { "a": "a" } } } }',
      "lock file references missing node 'a'",
    ],
    [
      '{ "version": 7, "root": "r", "nodes": { "r": { "inputs": { "a": "r" } } } }',
      'lock file contains cycle to root node',
    ],
    [
      '{ "version": 7, "root": "r", "nodes": { "r": { "inputs": { "a": "a" } }, "a": {} } }',
      "attribute 'locked' missing in lock file",
    ],
  ])('%s is none', (broken, message) => {
    expect(() => parseLockFile(broken, 'x')).toThrow(message)
  })
})
