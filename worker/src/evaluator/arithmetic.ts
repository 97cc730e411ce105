/** Numbers: 64-bit integers that must not overflow, and floats. */
import { ArithmeticOperator, type Position } from '../language/tree'
import { NixError } from './errors'
import { expectFloat, expectInt } from './expect'
import { ContextString, Float, Path, type Value } from './values'

const maxInt = 9223372036854775807n
const minInt = -9223372036854775808n

/** An integer as values hold it: a number where that is exact. */
export function normaliseInt(value: bigint): number | bigint {
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value
}

const names: Record<ArithmeticOperator, { verb: string; sign: string; builtin: string }> = {
  [ArithmeticOperator.Subtract]: { verb: 'subtracting', sign: '-', builtin: 'sub' },
  [ArithmeticOperator.Negate]: { verb: 'subtracting', sign: '-', builtin: 'sub' },
  [ArithmeticOperator.Multiply]: { verb: 'multiplying', sign: '*', builtin: 'mul' },
  [ArithmeticOperator.Divide]: { verb: 'dividing', sign: '/', builtin: 'div' },
  [ArithmeticOperator.Less]: { verb: '', sign: '<', builtin: 'lessThan' },
  [ArithmeticOperator.Greater]: { verb: '', sign: '>', builtin: 'lessThan' },
  [ArithmeticOperator.LessOrEqual]: { verb: '', sign: '<=', builtin: 'lessThan' },
  [ArithmeticOperator.GreaterOrEqual]: { verb: '', sign: '>=', builtin: 'lessThan' },
}

/** The builtin that an operator stands for, as frames name it. */
export function builtinOfOperator(operator: ArithmeticOperator): string {
  return names[operator].builtin
}

/**
 * The value of an arithmetic or comparing operator, or undefined where comparing needs more than the
 * two values themselves (lists, and values that cannot be compared): see comparison.ts.
 */
export function arithmetic(
  operator: ArithmeticOperator,
  left: Value,
  right: Value,
  position: Position,
): Value | undefined {
  if (typeof left === 'number' && typeof right === 'number') {
    switch (operator) {
      case ArithmeticOperator.Subtract:
      case ArithmeticOperator.Negate: {
        const difference = left - right
        if (Number.isSafeInteger(difference)) return difference
        break
      }
      case ArithmeticOperator.Multiply: {
        const product = left * right
        // `+ 0` turns -0, which integers do not have, into 0.
        if (Number.isSafeInteger(product)) return product + 0
        break
      }
      case ArithmeticOperator.Divide:
        if (right !== 0) return Math.trunc(left / right) + 0
        break
      case ArithmeticOperator.Less:
        return left < right
      case ArithmeticOperator.Greater:
        return left > right
      case ArithmeticOperator.LessOrEqual:
        return left <= right
      case ArithmeticOperator.GreaterOrEqual:
        return left >= right
    }
  }
  switch (operator) {
    case ArithmeticOperator.Less:
    case ArithmeticOperator.Greater:
    case ArithmeticOperator.LessOrEqual:
    case ArithmeticOperator.GreaterOrEqual:
      return compareDirectly(operator, left, right)
  }
  try {
    return calculate(operator, left, right, position)
  } catch (error) {
    if (error instanceof NixError) {
      error.addFrame(`while calling the '${names[operator].builtin}' builtin`, position)
    }
    throw error
  }
}

/** The value of `-`, `*` or `/`. */
export function calculate(
  operator: ArithmeticOperator,
  left: Value,
  right: Value,
  position: Position,
): Value {
  const { verb, sign } = names[operator]
  const operation =
    operator === ArithmeticOperator.Divide
      ? 'the division'
      : operator === ArithmeticOperator.Multiply
        ? 'the multiplication'
        : 'the subtraction'
  const first = `while evaluating the first ${operandName(operator)} of ${operation}`
  const second = `while evaluating the second ${operandName(operator)} of ${operation}`
  if (left instanceof Float || right instanceof Float) {
    const a = expectFloat(left, position, first)
    const b = expectFloat(right, position, second)
    switch (operator) {
      case ArithmeticOperator.Multiply:
        return new Float(a * b)
      case ArithmeticOperator.Divide:
        if (b === 0) throw divisionByZero(position)
        return new Float(a / b)
      default:
        return new Float(a - b)
    }
  }
  const a = BigInt(expectInt(left, position, first))
  const b = BigInt(expectInt(right, position, second))
  let exact: bigint
  switch (operator) {
    case ArithmeticOperator.Multiply:
      exact = a * b
      break
    case ArithmeticOperator.Divide:
      if (b === 0n) throw divisionByZero(position)
      exact = a / b
      break
    default:
      exact = a - b
  }
  return checked(exact, `${verb} ${a} ${sign} ${b}`, position)
}

function operandName(operator: ArithmeticOperator): string {
  return operator === ArithmeticOperator.Divide ? 'operand' : 'argument'
}

function divisionByZero(position: Position): NixError {
  return new NixError('arithmetic', 'division by zero', position)
}

/** `a + b` of two integers. */
export function addInts(
  left: number | bigint,
  right: number | bigint,
  position: Position,
): number | bigint {
  if (typeof left === 'number' && typeof right === 'number') {
    const sum = left + right
    if (Number.isSafeInteger(sum)) return sum
  }
  return checked(BigInt(left) + BigInt(right), `adding ${left} + ${right}`, position)
}

function checked(exact: bigint, what: string, position: Position): number | bigint {
  if (exact > maxInt || exact < minInt) {
    throw new NixError('arithmetic', `integer overflow in ${what}`, position)
  }
  return normaliseInt(exact)
}

/** Compares numbers of any kind, strings and paths; undefined for everything else. */
function compareDirectly(
  operator: ArithmeticOperator,
  left: Value,
  right: Value,
): boolean | undefined {
  let a: number | bigint | string
  let b: number | bigint | string
  if (isNumber(left) && isNumber(right)) {
    // Two integers compare exactly; with a float both become doubles.
    const exact = !(left instanceof Float) && !(right instanceof Float)
    a = exact ? (left as number | bigint) : toDouble(left)
    b = exact ? (right as number | bigint) : toDouble(right)
  } else {
    const texts = comparableTexts(left, right)
    if (texts === null) return undefined
    ;[a, b] = texts
  }
  switch (operator) {
    case ArithmeticOperator.Less:
      return a < b
    case ArithmeticOperator.Greater:
      return b < a
    case ArithmeticOperator.LessOrEqual:
      return !(b < a)
    default:
      return !(a < b)
  }
}

/** Two strings or two paths as byte strings. */
function comparableTexts(left: Value, right: Value): [string, string] | null {
  if (left instanceof Path) return right instanceof Path ? [left.path, right.path] : null
  const a = left instanceof ContextString ? left.text : left
  const b = right instanceof ContextString ? right.text : right
  return typeof a === 'string' && typeof b === 'string' ? [a, b] : null
}

export function isNumber(value: Value): value is number | bigint | Float {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof Float
}

function toDouble(value: number | bigint | Float): number {
  return value instanceof Float ? value.value : Number(value)
}
