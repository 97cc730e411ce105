/** Builtins on numbers. */
import { addInts, arithmetic, calculate, normaliseInt } from '../arithmetic'
import type { BuiltinDefinition } from '../builtin'
import { compare } from '../comparison'
import { NixError } from '../errors'
import { expectFloat, expectInt } from '../expect'
import { ArithmeticOperator } from '../../language/tree'
import { runResumable } from '../machine'
import { showFloat } from '../../language/numbers'
import { Float, type Value } from '../values'
import { anything, binary, integer, Parameter, unary } from './parameters'

function add(left: Value, right: Value): Value {
  const first = 'while evaluating the first argument of the addition'
  const second = 'while evaluating the second argument of the addition'
  if (left instanceof Float || right instanceof Float) {
    const a = expectFloat(left, 0, first)
    return new Float(a + expectFloat(right, 0, second))
  }
  const a = expectInt(left, 0, first)
  return addInts(a, expectInt(right, 0, second), 0)
}

type Documentation = Pick<BuiltinDefinition, 'since' | 'doc' | 'example'>

function operation(
  name: 'sub' | 'mul' | 'div',
  operator: ArithmeticOperator,
  documentation: Documentation,
): BuiltinDefinition {
  return {
    name,
    args: ['e1', 'e2'],
    type: 'Number -> Number -> Number',
    ...documentation,
    ...binary(anything, anything, (left, right) => calculate(operator, left, right)),
  }
}

function bitwise(
  name: 'bitAnd' | 'bitOr' | 'bitXor',
  small: (a: number, b: number) => number,
  large: (a: bigint, b: bigint) => bigint,
  documentation: Documentation,
): BuiltinDefinition {
  return {
    name,
    args: ['e1', 'e2'],
    type: 'Int -> Int -> Int',
    ...documentation,
    ...binary(
      integer(`while evaluating the first argument passed to builtins.${name}`),
      integer(`while evaluating the second argument passed to builtins.${name}`),
      // JavaScript's operators see 32 bits.
      (a, b) =>
        typeof a === 'number' && typeof b === 'number' && (a | 0) === a && (b | 0) === b
          ? small(a, b)
          : normaliseInt(large(BigInt(a), BigInt(b))),
    ),
  }
}

const range = 2 ** 63

/** An integer is given as it is, but only if the detour over floats, as Nix makes it, keeps it. */
function rounding(
  name: 'ceil' | 'floor',
  round: (value: number) => number,
  documentation: Documentation,
): BuiltinDefinition {
  const context = `while evaluating the first argument passed to builtins.${name}`
  const number = new Parameter<Value>(
    (value) => {
      expectFloat(value, 0, context)
      return value
    },
    context,
    true,
  )
  return {
    name,
    args: ['number'],
    type: 'Number -> Int',
    ...documentation,
    ...unary(number, (value) => {
      const rounded = round(expectFloat(value, 0, context))
      const fits = rounded >= -range && rounded < range
      if (value instanceof Float) {
        if (fits) return normaliseInt(BigInt(rounded))
        throw new NixError(
          'arithmetic',
          `NixFloat argument ${showFloat(value.value)} is not in the range of NixInt`,
        )
      }
      const int = value as number | bigint
      if (!fits) throw throughFloat(`the NixInt argument ${int} caused undefined behavior`, '')
      const result = normaliseInt(BigInt(rounded))
      if (result === int) return int
      throw throughFloat(
        'a loss of precision occurred',
        ` because the NixInt argument ${int} was rounded to ${result}`,
      )
    }),
  }
}

function throughFloat(what: string, why: string): NixError {
  return new NixError(
    'arithmetic',
    `Due to a bug (see https://github.com/NixOS/nix/issues/12899) ${what} in previous Nix versions${why}.\n\tFuture Nix versions might implement the correct behavior.`,
  )
}

export const numberBuiltins: BuiltinDefinition[] = [
  {
    name: 'add',
    args: ['e1', 'e2'],
    type: 'Number -> Number -> Number',
    since: '1.6',
    doc: 'The sum of two numbers.',
    example: { expression: 'builtins.add 1 2', value: '3' },
    ...binary(anything, anything, add),
  },
  operation('sub', ArithmeticOperator.Subtract, {
    since: '0.11',
    doc: 'The difference of two numbers.',
    example: { expression: 'builtins.sub 5 3', value: '2' },
  }),
  operation('mul', ArithmeticOperator.Multiply, {
    since: '0.12',
    doc: 'The product of two numbers.',
    example: { expression: 'builtins.mul 2 3.5', value: '7.0' },
  }),
  operation('div', ArithmeticOperator.Divide, {
    since: '0.12',
    doc: 'The quotient of two numbers; of two integers without its fraction.',
    example: { expression: 'builtins.div 7 2', value: '3' },
  }),
  bitwise(
    'bitAnd',
    (a, b) => a & b,
    (a, b) => a & b,
    {
      since: '2.1',
      doc: 'The bits that both integers have.',
      example: { expression: 'builtins.bitAnd 6 3', value: '2' },
    },
  ),
  bitwise(
    'bitOr',
    (a, b) => a | b,
    (a, b) => a | b,
    {
      since: '2.1',
      doc: 'The bits that one of the integers has, or both.',
      example: { expression: 'builtins.bitOr 6 3', value: '7' },
    },
  ),
  bitwise(
    'bitXor',
    (a, b) => a ^ b,
    (a, b) => a ^ b,
    {
      since: '2.1',
      doc: 'The bits that just one of the integers has.',
      example: { expression: 'builtins.bitXor 6 3', value: '5' },
    },
  ),
  rounding('ceil', Math.ceil, {
    since: '2.4',
    doc: 'The smallest integer that is not less than *number*.',
    example: { expression: 'builtins.ceil 1.2', value: '2' },
  }),
  rounding('floor', Math.floor, {
    since: '2.4',
    doc: 'The greatest integer that is not greater than *number*.',
    example: { expression: 'builtins.floor 1.8', value: '1' },
  }),
  {
    name: 'lessThan',
    args: ['e1', 'e2'],
    type: 'a -> a -> Bool',
    since: '1.6',
    doc: 'Whether *e1* comes before *e2*: two numbers, strings, paths, or lists of such.',
    example: { expression: 'builtins.lessThan [ 1 2 ] [ 1 3 ]', value: 'true' },
    native(_, e1, e2) {
      const left = anything.take(e1)
      const right = anything.take(e2)
      return arithmetic(ArithmeticOperator.Less, left, right) ?? runResumable(compare(left, right))
    },
    *resume(_, e1, e2) {
      const left: Value = yield e1
      const right: Value = yield e2
      return yield compare(left, right)
    },
  },
]
