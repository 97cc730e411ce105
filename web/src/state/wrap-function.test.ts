import { describe, expect, it } from 'vitest'
import { wrappingOf } from './wrap-function'

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
    expect(wrappingOf(formals(names)).file).toBe(file)
  })

  it('is called with what has to be filled in', () => {
    expect(wrappingOf(formals('a b? pkgs')).text).toBe(
      'import ./function.nix {\n  a = throw "say what a is";\n  pkgs = import <nixpkgs> { };\n}\n',
    )
  })
})
