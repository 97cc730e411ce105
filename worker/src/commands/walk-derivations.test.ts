import { describe, expect, it } from 'vitest'
import { AttributeSet } from '../evaluator/attribute-set'
import { Evaluator } from '../evaluator/evaluator'
import { TestHost } from '../evaluator/testing/test-host'
import { findPackages } from './env/find-packages'
import { findDerivations } from './find-derivations'

const evaluator = new Evaluator(new TestHost('/test', []))

const valueOf = (expression: string) => {
  const make = 'name: derivation { inherit name; system = "s"; builder = "b"; }'
  const text = `let make = ${make}; a = make "a-1"; b = make "b-2"; in ${expression}`
  return evaluator.evaluateString(text, { kind: 'string' }, '/test')
}

/** What nix-instantiate takes. */
const derivations = (expression: string) =>
  findDerivations(evaluator, valueOf(expression), AttributeSet.empty).map(
    ({ attributePath, name }) => `${attributePath} ${name}`,
  )

/** What nix-env finds. */
const packages = (expression: string) =>
  findPackages(evaluator, valueOf(expression), '', AttributeSet.empty, true).map(
    (found) => `${found.attributePath} ${found.name()}`,
  )

const nested = (depth: number) =>
  `builtins.foldl' (inner: _: [ inner ]) a (builtins.genList (n: n) ${depth})`

describe.each([
  ['nix-instantiate', derivations],
  ['nix-env', packages],
])('what %s finds', (_, find) => {
  it.each<[string, string, string[]]>([
    ['a derivation', 'a', [' a-1']],
    ['those of a list and of lists within', '[ a [ b ] ]', ['0 a-1', '1.0 b-2']],
    ['those of a set, by name', '{ y = a; x = b; }', ['x b-2', 'y a-1']],
    ['none of a set within', '{ inherit a; set.b = b; }', ['a a-1']],
    [
      'those of a set that says so',
      '{ set = { recurseForDerivations = true; inherit b; }; }',
      ['set.b b-2'],
    ],
    ['those of all sets of channels', '{ _combineChannels = [ ]; x.b = b; }', ['x.b b-2']],
    ['each once', '{ inherit a; again = a; list = [ a ]; }', ['a a-1']],
    ['nothing by a name that no path can have', '{ "a b" = a; "1" = b; }', []],
    ['what a function gives', '{ x ? b }: [ x ({ }: a) ]', ['0 b-2', '1 a-1']],
  ])('is %s', (_, expression, found) => {
    expect(find(expression)).toEqual(found)
  })

  it('is what lies in 5000 lists', () => {
    expect(find(nested(5000))).toEqual([`${'0.'.repeat(4999)}0 a-1`])
  })

  it.each([
    ['a list in itself', 'let x = [ x ]; in x', 'stack overflow; max-call-depth exceeded'],
    [
      'a set in itself',
      'let x = { recurseForDerivations = true; inherit x; }; in x',
      'stack overflow; max-call-depth exceeded',
    ],
    [
      'a function that gives itself',
      'let f = { }: [ f ]; in f',
      'stack overflow; max-call-depth exceeded',
    ],
    ['more lists than calls may be nested', nested(20_000), 'stack overflow'],
    ['what is no derivation', '[ 1 ]', 'expression does not evaluate to a derivation'],
    ['a derivation without a name', '{ x = removeAttrs a [ "name" ]; }', 'derivation name missing'],
    ['a name that is no string', '{ x = a // { name = 1; }; }', 'expected a string but found'],
    [
      'a recurseForDerivations that is no Boolean',
      '{ x = { recurseForDerivations = 1; inherit a; }; }',
      'expected a Boolean but found an integer: 1',
    ],
  ])('cannot be found in %s', (_, expression, message) => {
    expect(() => find(expression)).toThrow(message)
  })
})

describe('what an assertion forbids', () => {
  const forbidden = '{ inherit a; x = assert false; b; y = b // { name = assert false; "b"; }; }'

  it('is an error for nix-instantiate', () => {
    expect(() => derivations(forbidden)).toThrow("assertion 'false' failed")
  })

  it('is passed over by nix-env', () => {
    expect(packages(forbidden)).toEqual(['a a-1'])
  })

  it('is an error for both where it stands elsewhere', () => {
    const elsewhere = '{ x = { recurseForDerivations = assert false; true; }; }'
    expect(() => derivations(elsewhere)).toThrow("assertion 'false' failed")
    expect(() => packages(elsewhere)).toThrow("assertion 'false' failed")
  })
})
