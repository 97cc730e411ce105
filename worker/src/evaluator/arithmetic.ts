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

/**
 * The value of an arithmetic or comparing operator, or undefined where comparing needs more than the
 * two values themselves (lists, and values that cannot be compared): see comparison.ts.
 */
export function arithmetic(
  operator: ArithmeticOperator,
  left: Value,
  right: Value,
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
  return calculate(operator, left, right)
}

/** The value of `-`, `*` or `/`. */
export function calculate(operator: ArithmeticOperator, left: Value, right: Value): Value {
  switch (operator) {
    case ArithmeticOperator.Multiply:
      return multiply(left, right)
    case ArithmeticOperator.Divide:
      return divide(left, right)
    default:
      return subtract(left, right)
  }
}

const subtraction = operandContexts('argument of the subtraction')
const multiplication = operandContexts('argument of the multiplication')
const division = operandContexts('operand of the division')

function operandContexts(what: string): { first: string; second: string } {
  const context = (which: string) => `while evaluating the ${which} ${what}`
  return { first: context('first'), second: context('second') }
}

function subtract(left: Value, right: Value): Value {
  if (left instanceof Float || right instanceof Float) {
    const minuend = expectFloat(left, 0, subtraction.first)
    return new Float(minuend - expectFloat(right, 0, subtraction.second))
  }
  const a = BigInt(expectInt(left, 0, subtraction.first))
  const b = BigInt(expectInt(right, 0, subtraction.second))
  return checked(a - b, `subtracting ${a} - ${b}`, 0)
}

function multiply(left: Value, right: Value): Value {
  if (left instanceof Float || right instanceof Float) {
    const factor = expectFloat(left, 0, multiplication.first)
    return new Float(factor * expectFloat(right, 0, multiplication.second))
  }
  const a = BigInt(expectInt(left, 0, multiplication.first))
  const b = BigInt(expectInt(right, 0, multiplication.second))
  return checked(a * b, `multiplying ${a} * ${b}`, 0)
}

/** As Nix, it looks at the divisor first, and that as a float. */
function divide(left: Value, right: Value): Value {
  const divisor = expectFloat(right, 0, division.second)
  if (divisor === 0) throw new NixError('arithmetic', 'division by zero')
  if (left instanceof Float || right instanceof Float) {
    return new Float(expectFloat(left, 0, division.first) / divisor)
  }
  const a = BigInt(expectInt(left, 0, division.first))
  const b = BigInt(right as number | bigint)
  return checked(a / b, `dividing ${a} / ${b}`, 0)
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
    if (left instanceof Path !== right instanceof Path) return undefined
    const first = comparableText(left)
    const second = comparableText(right)
    if (first === null || second === null) return undefined
    a = first
    b = second
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

/** The byte string that a string or path is compared by; null for everything else. */
function comparableText(value: Value): string | null {
  if (typeof value === 'string') return value
  if (value instanceof ContextString) return value.text
  return value instanceof Path ? value.path : null
}

export function isNumber(value: Value): value is number | bigint | Float {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof Float
}

function toDouble(value: number | bigint | Float): number {
  return value instanceof Float ? value.value : Number(value)
}
