import { describe, expect, it } from 'vitest'
import type { ValueView } from '@snowglobe/worker/browser/api'
import { wrappingOf } from './wrap-pasted'

const value = (more: Partial<ValueView>): ValueView => ({
  kind: 'function',
  summary: '«lambda»',
  size: 0,
  handle: null,
  ...more,
})
const formals = (text: string) => ({
  names: text
    .split(' ')
    .filter((word) => word !== '' && word !== '...')
    .map((word) => ({ name: word.replace('?', ''), hasDefault: word.endsWith('?') })),
  ellipsis: text.includes('...'),
})

describe('a function that was pasted', () => {
  it.each([
    ['stdenv fetchurl', 'package.nix'],
    ['lib python3Packages', 'package.nix'],
    ['config pkgs lib ...', 'module.nix'],
    ['config options', 'module.nix'],
    ['pkgs?', 'function.nix'],
    ['pkgs', 'function.nix'],
    ['a b', 'function.nix'],
  ])('of { %s } goes to %s', (names, file) => {
    expect(wrappingOf(value({ formals: formals(names) }), '')?.file).toBe(file)
  })

  it('is called with what has to be filled in', () => {
    expect(wrappingOf(value({ formals: formals('a b? pkgs') }), '')?.text).toBe(
      'import ./function.nix {\n  a = throw "say what a is";\n  pkgs = import <nixpkgs> { };\n}\n',
    )
  })

  it.each([
    [['final', 'prev'], 'overlay.nix'],
    [['self', 'super'], 'overlay.nix'],
    [['pkgs'], 'function.nix'],
    [['x'], undefined],
    [['final', 'x'], undefined],
  ])('of %j goes to %s', (parameters, file) => {
    expect(wrappingOf(value({ parameters }), '')?.file).toBe(file)
  })

  it('is not what stands for itself', () => {
    expect(wrappingOf(value({ kind: 'attribute set', summary: '{ }' }), '')).toBeNull()
  })

  it.each([
    ['pkgs?', 'pkgs.mkShell { }', 'import ./shell.nix { }\n'],
    ['pkgs', 'pkgs.mkShellNoCC { }', 'import ./shell.nix { pkgs = import <nixpkgs> { }; }\n'],
    ['mkShell hello', 'mkShell { }', '(import <nixpkgs> { }).callPackage ./shell.nix { }\n'],
  ])('of { %s } with `%s` is a shell', (names, body, text) => {
    const wrapping = wrappingOf(value({ formals: formals(names) }), body)
    expect(wrapping).toMatchObject({ file: 'shell.nix', text })
    expect(wrapping?.title).toContain('shell')
  })

  it('is no shell where a module mentions one', () => {
    const given = value({ formals: formals('config pkgs ...') })
    expect(wrappingOf(given, 'pkgs.mkShell { }')?.file).toBe('module.nix')
  })
})
