import { describe, expect, it } from 'vitest'
import { programOf } from './example-code'

describe('the program of an example', () => {
  it('has lib and pkgs where they are used', () => {
    expect(programOf('builtins.head [ 1 ]')).toBe('builtins.head [ 1 ]\n')
    expect(programOf('lib.last [ 1 ]')).toBe(
      'let\n  lib = import <nixpkgs/lib>;\nin\nlib.last [ 1 ]\n',
    )
    expect(programOf('pkgs.hello')).toBe('let\n  pkgs = import <nixpkgs> { };\nin\npkgs.hello\n')
  })

  it('finds the files that examples read', () => {
    expect(programOf('builtins.pathExists ./meta.nix')).toBe(
      'builtins.pathExists (<nixpkgs/lib> + "/meta.nix")\n',
    )
    expect(programOf('f ./. (g ./a/b.nix)')).toBe(
      'f <nixpkgs/lib> (g (<nixpkgs/lib> + "/a/b.nix"))\n',
    )
    expect(programOf('"./." + "a/./b"')).toBe('"./." + "a/./b"\n')
  })
})
