import { describe, expect, it } from 'vitest'
import type { Documentation } from '@snowglobe/worker/browser/api'
import { entriesOf, nameInGroup, sectionOf } from './entries'
import { search } from './search'

const builtin = (name: string, doc: string, inLib: string[] = []) => ({
  ...{ name, args: ['x'], type: 'a -> b', since: '1.0', doc, global: name === 'map', inLib },
})
const fn = (name: string, text: string, ...others: string[]) => ({
  ...{ name: name.slice(name.lastIndexOf('.') + 1), names: [name, ...others], text, line: 1 },
  ...{ type: 'a -> b', inputs: null, examples: [], file: 'lib/x.nix' },
})
const pkg = (name: string, description: string) => ({
  ...{ name, pname: name, version: '1.0', description, longDescription: '', homepage: null },
  ...{ mainProgram: null, licenses: [], platforms: [], outputs: ['out'], file: null, line: 0 },
})

const told: Documentation = {
  storePath: '/nix/store/x-source',
  builtins: [
    builtin('concatMap', 'Like `map`, but the lists that come of it are joined.'),
    builtin('head', 'The first element of a list.', ['lib.head', 'lib.lists.head']),
    builtin('map', 'Calls *f* with each element of *list*.', ['lib.map']),
    builtin('mapAttrs', 'Calls *f* with each attribute. More follows: here.'),
  ],
  functions: [
    fn('lib.attrsets.mapAttrsToList', 'A list made of a set.', 'lib.mapAttrsToList'),
    fn('lib.lists.last', 'The last element of a list.', 'lib.last'),
    fn('lib.lists.imap0', 'Like map, with numbers.', 'lib.imap0'),
    fn('lib.strings.optionalString', 'A string, or an empty one.', 'lib.optionalString'),
    fn('pkgs.stdenv.mkDerivation', 'Makes a derivation.', 'pkgs.mkDerivation'),
    fn('pkgs.writeText', 'A file with a text.'),
  ],
  packages: [pkg('hello', 'Program that greets'), pkg('jq', 'Command-line JSON processor')],
}
const entries = entriesOf(told)
const found = (query: string) => search(entries, query).map(({ id }) => id)

describe('search in the Reference', () => {
  it('gives everything for nothing, section by section', () => {
    expect(found('  ')).toEqual(entries.map(({ id }) => id))
    expect([...new Set(entries.map(sectionOf))]).toEqual(['builtins', 'lib', 'pkgs'])
  })

  it('puts the very name first, then names that begin so, then those that hold it', () => {
    expect(found('map').slice(0, 5)).toEqual([
      'builtins.map',
      'builtins.mapAttrs',
      'lib.attrsets.mapAttrsToList',
      'builtins.concatMap',
      'lib.lists.imap0',
    ])
  })

  it('does not mind how letters are written', () => {
    expect(found('MAPATTRS')[0]).toBe('builtins.mapAttrs')
    expect(found('mapattrs')[0]).toBe('builtins.mapAttrs')
  })

  it('finds by every name, short or long', () => {
    expect(found('lib.last')[0]).toBe('lib.lists.last')
    expect(found('lists.last')[0]).toBe('lib.lists.last')
    expect(found('lib.lists.head')[0]).toBe('builtins.head')
    expect(found('lib.lists.')).toEqual(
      expect.arrayContaining(['lib.lists.last', 'lib.lists.imap0', 'builtins.head']),
    )
  })

  it('finds letters in their order, and not just any', () => {
    expect(found('optstr')).toEqual(['lib.strings.optionalString'])
    expect(found('mtl')).toEqual([])
    expect(found('zzz')).toEqual([])
  })

  it('finds words of what is told, all of them, behind names', () => {
    expect(found('json')).toEqual(['pkgs.jq'])
    expect(found('element list')).toEqual(['lib.lists.last', 'builtins.map', 'builtins.head'])
    expect(found('element of nothing')).toEqual([])
    expect(found('greet')).toEqual(['pkgs.hello'])
  })
})

describe('entries of the Reference', () => {
  const entry = (id: string) => entries.find((other) => other.id === id)!

  it('tell in one line what the first sentence says, without its marks', () => {
    expect(entry('builtins.map').summary).toBe('Calls f with each element of list')
    expect(entry('builtins.mapAttrs').summary).toBe('Calls f with each attribute')
    expect(entry('builtins.concatMap').summary).toBe(
      'Like map, but the lists that come of it are joined',
    )
  })

  it('have functions that make packages among these', () => {
    expect(sectionOf(entry('pkgs.writeText'))).toBe('pkgs')
    expect(entries.slice(-4).map(({ name }) => name)).toEqual([
      'hello',
      'jq',
      'mkDerivation',
      'writeText',
    ])
  })

  it('are called as they are within their group', () => {
    const names = ['pkgs.stdenv.mkDerivation', 'lib.lists.last', 'builtins.map'].map((id) => {
      return nameInGroup(entry(id))
    })
    expect(names).toEqual(['stdenv.mkDerivation', 'last', 'map'])
  })

  it('are reached without builtins. where Nix says so', () => {
    expect(entry('builtins.map').names).toEqual(['builtins.map', 'map', 'lib.map'])
    expect(entry('builtins.head').names).toEqual(['builtins.head', 'lib.head', 'lib.lists.head'])
  })
})
