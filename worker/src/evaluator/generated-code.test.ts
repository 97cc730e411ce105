/**
 * Texts that no person writes but programs do: nothing overflows the native stack, on either evaluator.
 */
import { describe, expect, it } from 'vitest'
import { browserLimit } from './native-stack'
import { Evaluator } from './evaluator'
import { TestHost } from './testing/test-host'
import type { Value } from './values'

const repeated = (count: number, text: string, separator: string) =>
  Array<string>(count).fill(text).join(separator)
const numbered = (count: number, text: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ')

const cases: [string, () => string, Value][] = [
  ['a sum of 50,000 terms', () => repeated(50_000, '1', ' + '), 50_000],
  ['a difference of 50,000 terms', () => repeated(50_000, '1', ' - '), -49_998],
  ['a function of 50,000 terms', () => `(n: ${repeated(50_000, 'n', ' + ')}) 1`, 50_000],
  ['10,000 parentheses', () => `${'('.repeat(10_000)}1${')'.repeat(10_000)}`, 1],
  [
    'a set of 100,000 attributes',
    () => `builtins.length (builtins.attrNames { ${numbered(100_000, (i) => `a${i} = ${i};`)} })`,
    100_000,
  ],
  [
    'a recursive set of 100,000 attributes that need each other',
    () => `(rec { a0 = 7; ${numbered(100_000, (i) => `a${i + 1} = a${i};`)} }).a100000`,
    7,
  ],
  [
    'a large set of which one attribute is needed',
    () =>
      `(let s = { n = 1; ${numbered(300, (i) => `a${i} = throw "a${i}";`)} b = s.n + 1; }; in s).b`,
    2,
  ],
  [
    'a large set whose attributes are inherited, and updated',
    () =>
      `let e = { a7 = 7; b = 1; }; s = { ${numbered(300, (i) => `inherit (e) a${i};`)} inherit (e) b; };
      in (s // { c = s.b; ${numbered(300, (i) => `d${i} = s.a7 + ${i};`)} }).d35`,
    42,
  ],
  [
    'functions of a large set, which are where they are',
    () => {
      const set = `{ ${numbered(300, (i) => `a${i} = x: x + ${i};`)} }`
      return `let s = ${set}; in s.a1 1 == 2 && builtins.attrValues s == builtins.attrValues s`
    },
    true,
  ],
  ['a list of 1,000,000 items', () => `builtins.length [ ${'1 '.repeat(1_000_000)}]`, 1_000_000],
  ['lists 10,000 deep', () => `builtins.length ${'['.repeat(10_000)}${']'.repeat(10_000)}`, 1],
  ['sets 10,000 deep', () => `(${'{ a = '.repeat(10_000)}1${'; }'.repeat(10_000)}) ? a.a.a`, true],
  ['an attribute path of 10,000 names', () => `{ ${'a.'.repeat(10_000)}b = 1; } ? a.a.a`, true],
  ['a chain of 5,000 ++', () => `builtins.length (${repeated(5000, '[ 1 ]', ' ++ ')})`, 5000],
  [
    'a chain of 5,000 //',
    () => `(${numbered(5000, (i) => `{ a${i} = ${i}; } //`)} { }).a4999`,
    4999,
  ],
  ['50,000 &&', () => repeated(50_000, 'true', ' && '), true],
  ['50,000 ||', () => repeated(50_000, 'false', ' || '), false],
  ['50,000 ->', () => repeated(50_000, 'true', ' -> '), true],
  ['50,000 !', () => `${'!'.repeat(50_000)}true`, true],
  ['50,000 unary minuses', () => `${'- '.repeat(50_000)}1`, 1],
  [
    '50,000 strings that are added',
    () => `builtins.stringLength (${repeated(50_000, '"x"', ' + ')})`,
    50_000,
  ],
  ['strings 10,000 deep', () => `"${'${"'.repeat(10_000)}x${'"}'.repeat(10_000)}"`, 'x'],
  ['10,000 branches', () => `${'if false then 1 else '.repeat(10_000)}2`, 2],
  ['10,000 assertions', () => `${'assert true; '.repeat(10_000)}1`, 1],
  ['10,000 lets', () => `${numbered(10_000, (i) => `let a${i} = ${i}; in`)} a0`, 0],
  ['5,000 withs', () => `${numbered(5000, (i) => `with { a = ${i}; };`)} a`, 4999],
  ['5,000 parameters', () => `builtins.isFunction (${numbered(5000, (i) => `a${i}:`)} 1)`, true],
]

describe.each([0, browserLimit])('at native limit %i', (nativeLimit) => {
  it.each(cases)('%s', (_, text, expected) => {
    const evaluator = new Evaluator(new TestHost('/test', []), { nativeLimit })
    expect(evaluator.evaluateString(text(), { kind: 'string' }, '/')).toEqual(expected)
  })
})
