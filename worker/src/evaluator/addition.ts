/** `+`: numbers, strings, and paths with what is appended to them. */
import type { BinaryNode } from '../language/tree'
import { addInts, isNumber } from './arithmetic'
import { coercePart, coercePartResumable, concatenatePath, isText, joinTexts } from './coerce'
import { NixError } from './errors'
import type { Evaluator } from './evaluator'
import type { Resumable } from './machine'
import { describeType } from './type-names'
import { Float, Path, type Value } from './values'

/** The value of `left + right`; `left` has been through `firstOperand`. */
export function add(evaluator: Evaluator, left: Value, right: Value, node: BinaryNode): Value {
  const sum = addNumbers(left, right, node)
  if (sum !== undefined) return sum
  const isPath = left instanceof Path
  const second = coercePart(evaluator, right, !isPath, node.rightPosition ?? 0)
  return isPath ? concatenatePath([left.path, second], node.position) : joinTexts([left, second])
}

/**
 * Whether the left operand is added as it is. Others are made strings first, before the right one
 * is evaluated, by `coerceFirst`.
 */
export function isSummand(value: Value): boolean {
  return isText(value) || isNumber(value) || value instanceof Path
}

/** The text of a left operand that is no summand. As in Nix, no path is copied for it. */
export function coerceFirst(evaluator: Evaluator, value: Value, node: BinaryNode): Value {
  return coercePart(evaluator, value, false, node.leftPosition ?? 0)
}

/** As `coerceFirst`, resumable. */
export function coerceFirstResumable(
  evaluator: Evaluator,
  value: Value,
  node: BinaryNode,
): Resumable {
  return coercePartResumable(evaluator, value, false, node.leftPosition ?? 0)
}

function addNumbers(left: Value, right: Value, node: BinaryNode): Value | undefined {
  if (!isNumber(left)) return undefined
  const position = node.rightPosition ?? 0
  if (!isNumber(right)) {
    const what = left instanceof Float ? 'a float' : 'an integer'
    throw new NixError('type', `cannot add ${describeType(right)} to ${what}`, position)
  }
  if (left instanceof Float) {
    return new Float(left.value + (right instanceof Float ? right.value : Number(right)))
  }
  return right instanceof Float
    ? new Float(Number(left) + right.value)
    : addInts(left, right, position)
}

/** As `add`, resumable. */
export function* addResumable(
  evaluator: Evaluator,
  left: Value,
  right: Value,
  node: BinaryNode,
): Resumable {
  const sum = addNumbers(left, right, node)
  if (sum !== undefined) return sum
  const isPath = left instanceof Path
  const position = node.rightPosition ?? 0
  const second: Value = yield coercePartResumable(evaluator, right, !isPath, position)
  return isPath ? concatenatePath([left.path, second], node.position) : joinTexts([left, second])
}
