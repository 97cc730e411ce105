/** `<` and its kin where the operands are lists or cannot be compared. */
import { ArithmeticOperator } from '../language/tree'
import { arithmetic } from './arithmetic'
import { NixError } from './errors'
import { equalResumable } from './equality'
import { runResumable, type Resumable } from './machine'
import { printForError } from './print-value'
import { describeType, typeName } from './type-names'
import type { List, Slot, Value } from './values'

/** The value of a comparing operator, of any two values. */
export function lessThan(operator: ArithmeticOperator, left: Value, right: Value): Value {
  return runResumable(lessThanResumable(operator, left, right))
}

/** As `lessThan`, resumable. */
export function* lessThanResumable(
  operator: ArithmeticOperator,
  left: Value,
  right: Value,
): Resumable {
  switch (operator) {
    case ArithmeticOperator.Less:
      return yield compare(left, right)
    case ArithmeticOperator.Greater:
      return yield compare(right, left)
    case ArithmeticOperator.LessOrEqual:
      return (yield compare(right, left)) !== true
    default:
      return (yield compare(left, right)) !== true
  }
}

/**
 * Whether the left value comes before the right one: numbers by value, strings and paths by bytes,
 * lists by their first differing element.
 */
export function* compare(left: Value, right: Value): Resumable {
  const direct = arithmetic(ArithmeticOperator.Less, left, right)
  if (direct !== undefined) return direct
  if (!Array.isArray(left) || !Array.isArray(right)) throw incomparable(left, right)
  const a = left as List
  const b = right as List
  for (let i = 0; ; i++) {
    if (i === b.length) return false
    if (i === a.length) return true
    const x: Value = yield a[i] as Slot
    const y: Value = yield b[i] as Slot
    if ((yield equalResumable(x, y, 0)) === true) continue
    try {
      return yield compare(x, y)
    } catch (error) {
      if (error instanceof NixError) error.addFrame('while comparing two list elements', 0)
      throw error
    }
  }
}

function incomparable(left: Value, right: Value): NixError {
  const both = typeName(left) === typeName(right)
  return new NixError(
    'comparison',
    both
      ? `cannot compare ${describeType(left)} with ${describeType(right)}; values of that type are incomparable (values are ${printForError(left)} and ${printForError(right)})`
      : `cannot compare ${describeType(left)} with ${describeType(right)}; values are ${printForError(left)} and ${printForError(right)}`,
  )
}
