/** `+`: numbers, strings, and paths with what is appended to them. */
import type { BinaryNode } from '../language/tree'
import { addInts, isNumber } from './arithmetic'
import { coerceResumable, ContextBuilder, pathWithoutContext } from './coerce'
import { NixError } from './errors'
import type { Evaluator } from './evaluator'
import { runResumable, type Resumable } from './machine'
import { describeType } from './type-names'
import { Float, makeString, Path, type Value } from './values'

/** The value of `left + right`. */
export function add(evaluator: Evaluator, left: Value, right: Value, node: BinaryNode): Value {
  return addNumbers(left, right, node) ?? runResumable(addResumable(evaluator, left, right, node))
}

function addNumbers(left: Value, right: Value, node: BinaryNode): Value | undefined {
  if (!isNumber(left)) return undefined
  const { position } = node.right
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
  const context = new ContextBuilder()
  const isPath = left instanceof Path
  const options = {
    more: false,
    copyToStore: !isPath,
    context: 'while evaluating a path segment',
  }
  const first = (yield coerceResumable(
    evaluator,
    left,
    options,
    context,
    node.left.position,
  )) as string
  const second = (yield coerceResumable(
    evaluator,
    right,
    options,
    context,
    node.right.position,
  )) as string
  return isPath
    ? new Path(pathWithoutContext(first + second, context, node.position))
    : makeString(first + second, context.build())
}
