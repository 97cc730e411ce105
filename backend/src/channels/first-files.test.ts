import { describe, expect, it } from 'vitest'
import { byteStringToBytes } from '@snowglobe/shared/bytes'
import type { NarFile, NarNode } from '@snowglobe/shared/nar'
import { firstFiles } from './first-files'

const file = (text: string): NarFile => {
  return { type: 'regular', executable: false, contents: byteStringToBytes(text) }
}

const tree = (files: Record<string, NarNode>): NarNode => {
  return { type: 'directory', entries: new Map(Object.entries(files)) }
}

const derivation = (attributes: string) => `derivation {
  inherit system; name = "hello"; builder = ./builder.sh; ${attributes}
}`

describe('the files that come first in a pack', () => {
  const other = file('{ }')
  const builder = file('echo hello')
  const packages = file(`{ system }: { hello = import ./hello.nix { inherit system; }; }`)

  it('are those that hello is made of, as they are read', () => {
    const hello = file(`{ system }: ${derivation('src = ./src;')}`)
    const source = file('int main() { }')
    const channel = tree({
      'a.nix': other,
      'builder.sh': builder,
      'default.nix': packages,
      'hello.nix': hello,
      src: tree({ 'hello.c': source }),
    })
    const found = [...firstFiles(channel)]
    expect(found.slice(0, 2)).toEqual([packages, hello])
    expect(new Set(found)).toEqual(new Set([packages, hello, builder, source]))
  })

  it('are those that were read until something failed, or took too long', () => {
    const hello = file('throw "it is too cold"')
    const failing = tree({ 'default.nix': packages, 'hello.nix': hello, 'a.nix': other })
    expect([...firstFiles(failing)]).toEqual([packages, hello])
    const endless = file(`{ system }:
      let down = n: if n == 0 then 0 else down (n - 1);
      in builtins.foldl' (_: n: down 100) 0 (builtins.genList (n: n) 100000)`)
    expect([...firstFiles(tree({ 'default.nix': endless }))]).toEqual([endless])
  })

  it('are none of a tree that is no collection', () => {
    expect([...firstFiles(tree({ 'a.nix': other }))]).toEqual([])
  })
})
