import { expect, it } from 'vitest'
import { intern, sharedName, symbolNames } from './symbols'

it('gives a name one number, and different names different ones', () => {
  const names = Array.from({ length: 20_000 }, (_, i) => `name-${i}-${i % 7}`)
  const symbols = names.map(intern)
  expect(new Set(symbols).size).toBe(names.length)
  expect(names.map(intern)).toEqual(symbols)
  expect(symbols.map((symbol) => symbolNames[symbol])).toEqual(names)
})

it('shares names that need no number with those that have one', () => {
  const text = 'aName aName otherName'
  expect(sharedName(text.slice(0, 5))).toBe(symbolNames[intern('aName')])
  expect(sharedName(text.slice(6, 11))).toBe('aName')
  for (const name of ['', '0', '__proto__', 'otherName']) expect(sharedName(name)).toBe(name)
  expect(symbolNames[intern('otherName')]).toBe('otherName')
})

it('takes names that are no identifiers', () => {
  for (const name of ['', '0', '1e3', '__proto__', 'a b', '\xff']) {
    expect(symbolNames[intern(name)]).toBe(name)
  }
})
