import { describe, expect, it } from 'vitest'
import { highlightNix, tokenizeNix } from './highlight'

const typeOf = (source: string, text: string) =>
  tokenizeNix(source).find((token) => token.text === text)?.type

describe('tokenizeNix', () => {
  it('keeps every character', () => {
    const sources = [
      'let x = 1; in x + 2.5e3',
      "\"a ${b \"c\" {d=1;}} \\${ e\" + ''x ''${y} ''\\n ${z} '''''",
      '/* open',
      '{ a.b."c" = <nixpkgs/lib>; } // ./x/y.nix ~/z http://a.b/c',
      '§ ` ~ "unclosed ${',
    ]
    for (const source of sources) {
      expect(
        tokenizeNix(source)
          .map(({ text }) => text)
          .join(''),
      ).toBe(source)
    }
  })

  it('goes back to the string after an interpolation that holds braces and strings', () => {
    expect(typeOf('"a ${ { b = "}"; }.b } tail" + x', ' tail"')).toBe('string')
  })

  it('does not take a comment sign in a string for a comment', () => {
    expect(typeOf('"# no" # yes', '# yes')).toBe('comment')
    expect(typeOf('"# no" # yes', '"# no"')).toBe('string')
  })

  it('tells division, update and paths apart', () => {
    expect(typeOf('a // b', '//')).toBe('operator')
    expect(typeOf('a / b', '/')).toBe('operator')
    expect(typeOf('./a/b', './a/b')).toBe('path')
  })

  it('knows a name that is being defined', () => {
    expect(typeOf('{ name = 1; }', 'name')).toBe('attribute')
    expect(typeOf('name == 1', 'name ')).toBe('plain')
    expect(typeOf('builtins.map', 'builtins')).toBe('builtin')
  })
})

describe('highlightNix', () => {
  it('escapes what HTML would take for markup', () => {
    expect(highlightNix('"<b>" < 1')).toBe(
      '<span class="tok-string">"&lt;b&gt;"</span> <span class="tok-operator">&lt;</span> <span class="tok-number">1</span>',
    )
  })
})
