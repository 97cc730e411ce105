import { describe, expect, it } from 'vitest'
import {
  freshPath,
  reasonAgainstPath,
  sameSnippet,
  snippetOf,
  stemLength,
  typedName,
} from './files'

describe('reasonAgainstPath', () => {
  it('accepts nested names', () => {
    expect(reasonAgainstPath('lib/greet.nix', ['default.nix', 'lib/other.nix'])).toBeNull()
  })

  it.each(['', '/a', 'a//b', '../a', 'a/./b', 'a b', 'é.nix', 'default.nix'])(
    'refuses %j',
    (path) => {
      expect(reasonAgainstPath(path, ['default.nix'])).not.toBeNull()
    },
  )

  it('refuses a file where another has its folder, and the other way round', () => {
    expect(reasonAgainstPath('lib', ['lib/a.nix'])).toContain('folder')
    expect(reasonAgainstPath('lib/a.nix', ['lib'])).toContain('holds no other files')
  })
})

describe('freshPath', () => {
  it('counts on until a name is free', () => {
    expect(freshPath(['new.nix', 'new-2.nix'])).toBe('new-3.nix')
  })
})

describe('stemLength', () => {
  it.each([
    ['new.nix', 3],
    ['lib/greet.nix', 9],
    ['lib.d/greet', 11],
    ['.hidden', 7],
    ['Makefile', 8],
  ])('%s', (name, length) => {
    expect(stemLength(name)).toBe(length)
  })
})

describe('typedName', () => {
  it('has the extension once, also where the whole name was typed over the stem', () => {
    expect(typedName('new.nix', 'greet.nix.nix')).toBe('greet.nix')
    expect(typedName('new.nix', 'greet.nix')).toBe('greet.nix')
    expect(typedName('new.nix', 'data.json')).toBe('data.json')
    expect(typedName('Makefile', 'makefile')).toBe('makefile')
  })
})

describe('sameSnippet', () => {
  it('does not mind the order of files, but their text, entry and settings', () => {
    const files = [
      { path: 'default.nix', text: '1' },
      { path: 'b.nix', text: '2' },
    ]
    const one = { ...snippetOf('1'), files }
    expect(sameSnippet(one, { ...one, files: [...files].reverse() })).toBe(true)
    expect(sameSnippet(one, snippetOf('1'))).toBe(false)
    expect(sameSnippet(snippetOf('1'), snippetOf('2'))).toBe(false)
    expect(sameSnippet(one, { ...one, entry: 'b.nix' })).toBe(false)
    expect(sameSnippet(one, { ...one, system: 'aarch64-linux' })).toBe(false)
    const channelPath = `/nix/store/${'0'.repeat(32)}-source`
    expect(sameSnippet(one, { ...one, channelPath })).toBe(false)
  })
})
