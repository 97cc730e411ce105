import { expect, it } from 'vitest'
import { intern, symbolNames } from './symbols'

it('gives a name one number, and different names different ones', () => {
  const names = Array.from({ length: 20_000 }, (_, i) => `name-${i}-${i % 7}`)
  const symbols = names.map(intern)
  expect(new Set(symbols).size).toBe(names.length)
  expect(names.map(intern)).toEqual(symbols)
  expect(symbols.map((symbol) => symbolNames[symbol])).toEqual(names)
})

it('takes names that are no identifiers', () => {
  for (const name of ['', '0', '1e3', '__proto__', 'a b', '\xff']) {
    expect(symbolNames[intern(name)]).toBe(name)
  }
})
