import { describe, expect, it } from 'vitest'
import { byteStringToUtf8, utf8ToByteString } from '@snowglobe/shared/bytes'
import { BudgetExhausted } from '../evaluator/errors'
import { Evaluator } from '../evaluator/evaluator'
import { TestHost } from '../evaluator/testing/test-host'
import { valueAt } from './value-at'

/** The value of what stands at `$0`. */
function value(source: string, budget: number | null = 10_000): string | null {
  const [before, after] = source.split('$0')
  const text = before + after
  const files = [
    { path: 'file.nix', contents: utf8ToByteString(text) },
    { path: 'other.nix', contents: '{ five = 5; }' },
  ]
  const evaluator = new Evaluator(new TestHost('/test', files))
  evaluator.setBudget(budget)
  const lines = before.split('\n')
  const position = { line: lines.length, column: lines.at(-1)!.length + 1 }
  const found = valueAt(evaluator, '/test/file.nix', text, position)
  return found === null ? null : byteStringToUtf8(found)
}

describe('valueAt', () => {
  it.each([
    ['let a = 1 + 1; in $0a', '2'],
    ['let a$0 = 1 + 1; in a', '2'],
    ['let a = 1; b = a + 1; in { c = b$0; }', '2'],
    ['rec { a = 1; b = a + 1; c$0 = b + 1; }', '3'],
    ['{ a = { b = [ (1 + 1) ]; }; c.d$0 = 3; }', '3'],
    ['let s = { a = { b = 1 + 1; }; }; in s.a$0.b', '{ b = 2; }'],
    ['{ a.b = 1; a$0.a = 2; }', '{ a = 2; b = 1; }'],
    ['{ a.b = 1; a.a$0 = 2; }', '2'],
    ['rec { a.b = c; c = 1; a.d.e$0 = c + 1; }', '2'],
    ['let s = { a = { b = 1 + 1; }; }; in s.a.b$0', '2'],
    ['let s = { a = 1; }; in with s; $0a', '1'],
    ['let x = 1; in let x = 2; y = x$0; in y', '2'],
    ['let x = 5; in { inherit x$0; }', '5'],
    ['let s = { a = 1; }; inherit (s) a; in $0a', '1'],
    ['let o = import ./other.nix; in o.five$0', '5'],
    ['let a = "é"; in "${a$0}"', '"é"'],
    ['let a = 1; f = x: x; in f $0a', '1'],
    ['if true then let a = 1; in a$0 else 2', '1'],
    ['assert true; let a = 1; in a$0', '1'],
    ['let a = [ 1 (throw "no") ]; in a$0', '[ 1 «thunk» ]'],
  ])('gives what it is: %s', (source, expected) => {
    expect(value(source)).toBe(expected)
  })

  it.each([
    'let f = x: x$0; in f 1',
    'let f = x: let y = x; in y$0; in f 1',
    '{ a ? 1 }: a$0',
    'let f$0 = x: x; in f',
    'let a = throw "no"; in $0a',
    'let a = b$0; in a',
    'let a = 1; in $0a +',
    'map$0',
    'rec { __overrides = { a = 2; }; a = 1; b = a$0; }',
    'assert false; let a = 1; in a$0',
    'let s = { }; in s.a$0 or 1',
  ])('gives nothing for what has no value of its own: %s', (source) => {
    expect(value(source)).toBeNull()
  })

  it('keeps to the budget', () => {
    const endless = 'let f = x: f (x + 1); a = f 0; in $0a'
    expect(() => value(endless, 1000)).toThrow(BudgetExhausted)
  })
})
