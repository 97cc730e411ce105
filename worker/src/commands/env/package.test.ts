import { describe, expect, it } from 'vitest'
import type { AttributeSet } from '../../evaluator/attribute-set'
import { Evaluator } from '../../evaluator/evaluator'
import { TestHost } from '../../evaluator/testing/test-host'
import { Package } from './package'

const evaluator = new Evaluator(new TestHost('/test', []))

/** The value of `meta.x`, undefined where a package tells none. */
function metaOf(expression: string): unknown {
  const attributes = evaluator.evaluateString(
    `{ name = "a-1"; meta.x = ${expression}; }`,
    { kind: 'string' },
    '/test',
  )
  return new Package(evaluator, '', attributes as AttributeSet).meta('x')
}

describe('what a package says of itself', () => {
  it.each(['1', '"text"', 'true', '1.5', '[ 1 [ "x" ] ]', '{ a.b = [ ]; }'])(
    'may be %s',
    (value) => {
      expect(metaOf(value)).toBeDefined()
    },
  )

  it.each(['null', 'x: x', './.', '[ 1 (x: x) ]', '{ a.b = null; }', '{ a.outPath = "x"; }'])(
    'is left out where it is %s',
    (value) => {
      expect(metaOf(value)).toBeUndefined()
    },
  )

  it('may be nested deeply', () => {
    expect(metaOf("builtins.foldl' (a: _: [ a ]) 1 (builtins.genList (n: n) 5000)")).toBeDefined()
  })

  it('has an end', () => {
    expect(() => metaOf('let x = [ x ]; in x')).toThrow('stack overflow; max-call-depth exceeded')
  })
})
