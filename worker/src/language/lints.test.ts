import { describe, expect, it } from 'vitest'
import type { Lints } from './lints'
import { parse } from './parser'
import { PositionTable } from './positions'

const ignored: Lints = { absolutePaths: 'ignore', shortPaths: 'ignore', urls: 'ignore' }

function read(source: string, lints: Partial<Lints>) {
  return parse(source, {
    origin: { kind: 'string' },
    basePath: '/test',
    homeDirectory: '/home/test',
    positions: new PositionTable(),
    globals: () => false,
    lints: { ...ignored, ...lints },
  })
}

const cases: [keyof Lints, string, string][] = [
  [
    'absolutePaths',
    '/a',
    "absolute path literals are not portable. Consider replacing path literal '/a' by a string, relative path, or parameter (lint-absolute-path-literals)",
  ],
  [
    'absolutePaths',
    '~/a',
    "home path literals are not portable. Consider replacing path literal '~/a' by a string, relative path, or parameter (lint-absolute-path-literals)",
  ],
  [
    'shortPaths',
    'a/b',
    "relative path literal 'a/b' should be prefixed with '.' for clarity: './a/b' (lint-short-path-literals)",
  ],
  [
    'urls',
    'http://a.b',
    'URL literals are discouraged. Consider using a string literal "http://a.b" instead (lint-url-literals)',
  ],
]

describe('lints', () => {
  it.each(cases)('%s warns of %s', (lint, source, message) => {
    const { source: text, warnings } = read(`[ ${source} ]`, { [lint]: 'warn' })
    expect(warnings).toEqual([{ message, position: text.base + 2, placed: 'after' }])
  })

  it.each(cases)('%s refuses %s', (lint, source, message) => {
    const refusal = message.replace('discouraged', 'disallowed')
    expect(() => read(source, { [lint]: 'fatal' })).toThrow(
      expect.objectContaining({ name: 'NixSyntaxError', message: refusal }),
    )
  })

  it.each(cases)('%s is ignored unless it is set', (_, source) => {
    expect(read(source, {}).warnings).toEqual([])
  })

  it.each([
    ['absolutePaths', './a ../b a/b "/c"'],
    ['shortPaths', './a ../b /c ~/d <e>'],
    ['urls', '"http://a.b" a/b'],
  ] as [keyof Lints, string][])('%s does not mind %s', (lint, sources) => {
    const { warnings } = parse(`[ ${sources} ]`, {
      origin: { kind: 'string' },
      basePath: '/test',
      homeDirectory: '/home/test',
      positions: new PositionTable(),
      globals: () => true,
      lints: { ...ignored, [lint]: 'fatal' },
    })
    expect(warnings).toEqual([])
  })
})
