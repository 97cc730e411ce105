import { describe, expect, it } from 'vitest'
import { builtinDocumentation } from '../evaluator/builtin-documentation'
import { complete } from './complete'
import type { Documentation } from './documentation'
import { documentedNames } from './documented-names'
import { hover } from './hover'
import { Resolver } from './resolve'

const fn = (names: string[], text: string) => ({
  ...{ names, name: names[0].slice(names[0].lastIndexOf('.') + 1), text, inputs: null },
  ...{ type: '[a] -> a', file: 'lib/lists.nix', line: 1 },
  examples: [{ expression: 'lib.last [ 1 2 ]', result: { value: '2' } }],
})
const pkg = (name: string, description: string) => ({
  ...{ name, pname: name, version: '2.10', description, longDescription: '', homepage: null },
  ...{ mainProgram: name, platforms: [], outputs: ['out'], file: null, line: 0 },
  licenses: [{ name: 'MIT License', spdxId: 'MIT', url: null, free: true }],
})
const told: Documentation = {
  storePath: '/nix/store/x-source',
  builtins: [{ ...builtinDocumentation.get('head')!, inLib: ['lib.head', 'lib.lists.head'] }],
  functions: [
    fn(['lib.lists.last', 'lib.last'], 'The last element.'),
    fn(['pkgs.stdenv.mkDerivation', 'pkgs.mkDerivation'], 'Makes a derivation.'),
    fn(['pkgs.writeText'], 'A file with a text.'),
  ],
  packages: [pkg('hello', 'Program that greets'), pkg('stdenv', '')],
}
const collection = new Resolver(builtinDocumentation, documentedNames(told, 'collection'))
const otherCollection = new Resolver(builtinDocumentation, documentedNames(told, 'lib'))

function marked(source: string): [text: string, position: { line: number; column: number }] {
  const [before, after] = source.split('$0')
  const lines = before.split('\n')
  return [before + after, { line: lines.length, column: lines.at(-1)!.length + 1 }]
}
const entryAt = (source: string, resolver = collection) =>
  hover(...marked(source), resolver)?.entry ?? null
const offered = (source: string, resolver = collection) =>
  complete(...marked(source), resolver)?.items

describe('names of the collection', () => {
  it.each([
    ['{ lib }: lib.la$0st', 'lib.lists.last'],
    ['{ lib, ... }: lib.lists.la$0st', 'lib.lists.last'],
    ['lib: lib.la$0st', 'lib.lists.last'],
    ['{ pkgs }: pkgs.lib.lists.la$0st', 'lib.lists.last'],
    ['{ lib }: with lib; la$0st [ 1 ]', 'lib.lists.last'],
    ['{ lib }: with lib.lists; la$0st [ 1 ]', 'lib.lists.last'],
    ['{ lib }: let inherit (lib) last; in la$0st', 'lib.lists.last'],
    ['{ lib }: let inherit (lib.lists) la$0st; in 1', 'lib.lists.last'],
    ['{ lib }: let f = lib.last; in f$0', 'lib.lists.last'],
    ['(import <nixpkgs/lib>).la$0st', 'lib.lists.last'],
    ['let lib = import <nixpkgs/lib>; in lib.la$0st', 'lib.lists.last'],
    ['{ lib }: lib.he$0ad', 'builtins.head'],
    ['(import <nixpkgs> { }).he$0llo', 'pkgs.hello'],
    ['let pkgs = import <nixpkgs> { }; in pkgs.he$0llo', 'pkgs.hello'],
    ['let nixpkgs = <nixpkgs>; p = import nixpkgs { config = { }; }; in p.he$0llo', 'pkgs.hello'],
    ['{ pkgs ? import <nixpkgs> { } }: pkgs.he$0llo', 'pkgs.hello'],
    ['let inherit (import <nixpkgs> { }) hello; in hel$0lo', 'pkgs.hello'],
    ['{ pkgs, ... }: with pkgs; [ hel$0lo ]', 'pkgs.hello'],
    ['{ pkgs }: (pkgs.extend (final: prev: { })).hel$0lo', 'pkgs.hello'],
    ['{ pkgs }: let mine = pkgs.hello.overrideAttrs { }; in mi$0ne', 'pkgs.hello'],
    ['{ stdenv, hello }: stdenv.mkDerivation { x = hel$0lo; }', 'pkgs.hello'],
    ['{ stdenv, hel$0lo, debug ? false }: 1', 'pkgs.hello'],
    ['{ pkgs }: pkgs.writeT$0ext', 'pkgs.writeText'],
    ['{ stdenv }: stdenv.mkDeri$0vation { }', 'pkgs.stdenv.mkDerivation'],
  ])('are known: %s', (source, entry) => {
    expect(entryAt(source)).toBe(entry)
  })

  it.each([
    'lib.la$0st',
    'let lib = { last = 1; }; in lib.la$0st',
    '{ hello, own }: hel$0lo',
    'map ({ hello, x }: hel$0lo) [ ]',
    'x: { hello }: hel$0lo',
    '(import ./nixpkgs { }).hel$0lo',
    '{ lib }: lib.nothing.la$0st',
    'let pkgs = pkgs.x; in pkgs.hel$0lo',
  ])('are not taken for others: %s', (source) => {
    expect(entryAt(source)).toBeNull()
  })

  it('are told with type, words, example and other names', () => {
    const parts = hover(...marked('{ lib }: lib.la$0st'), collection)!.parts
    expect(parts).toEqual([
      '```nix\nlib.lists.last : [a] -> a\n```',
      'The last element.',
      '```nix\nlib.last [ 1 2 ]\n# ⇒ 2\n```',
      '*Also `lib.last`.*',
    ])
  })

  it('of packages are told with version, licence and program', () => {
    const parts = hover(...marked('{ pkgs }: pkgs.hel$0lo'), collection)!.parts
    expect(parts).toEqual([
      '```nix\npkgs.hello # 2.10\n```',
      'Program that greets.',
      'MIT License · runs `hello`',
    ])
  })

  it('are told behind what the text says of a name', () => {
    const parts = hover(...marked('{ lib }: let f = lib.last; in f$0'), collection)!.parts
    expect(parts.slice(0, 3)).toEqual([
      '```nix\nf = lib.last\n```',
      'Variable of a `let`, line 1.',
      '```nix\nlib.lists.last : [a] -> a\n```',
    ])
  })

  it('are offered with type or version', () => {
    const shown = (source: string) =>
      offered(source)?.map(({ label, kind, detail }) => `${label} ${kind} ${detail}`)
    expect(shown('{ lib }: lib.lists.$0')).toEqual([
      'head function [a] -> a',
      'last function [a] -> a',
    ])
    expect(shown('{ pkgs }: pkgs.$0')).toEqual([
      'lib attribute { … }',
      'stdenv package 2.10',
      'mkDerivation function [a] -> a',
      'writeText function [a] -> a',
      'hello package 2.10',
    ])
    const [last] = offered('{ lib }: with lib; $0')!.filter(({ label }) => label === 'last')
    expect(last.documentation).toContain('The last element.')
  })

  it('of another collection are those of lib', () => {
    expect(entryAt('{ pkgs }: pkgs.lib.la$0st', otherCollection)).toBe('lib.lists.last')
    expect(entryAt('{ pkgs }: pkgs.hel$0lo', otherCollection)).toBeNull()
    expect(offered('{ pkgs }: pkgs.$0', otherCollection)?.map(({ label }) => label)).toEqual([
      'lib',
    ])
  })
})
