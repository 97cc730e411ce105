/**
 * Quick code for sums and comparisons of variables and integers: it gives their value where the numbers
 * are there already and nothing can go wrong, and leaves all else to the code for any operands.
 */
import {
  ArithmeticOperator,
  NodeKind,
  type ArithmeticNode,
  type BinaryNode,
  type Node,
} from '../language/tree'
import { slotIn, type Environment } from './environment'
import { Thunk } from './thunk'
import type { Slot, Value } from './values'

/** Gives the value if it takes no forcing and cannot fail, else undefined. */
export type Quick<T extends Value> = (environment: Environment) => T | undefined

/** Quick code for `a + b` and `a - b` of variables, or of one and an integer; null for other nodes. */
export function quickSum(node: Node): Quick<number> | null {
  if (node.kind === NodeKind.Add) return sumOf(node.left, node.right, 1)
  const isDifference =
    node.kind === NodeKind.Arithmetic && node.operator === ArithmeticOperator.Subtract
  return isDifference ? sumOf(node.left, node.right, -1) : null
}

function sumOf(left: Node, right: Node, sign: 1 | -1): Quick<number> | null {
  if (left.kind !== NodeKind.Local) return null
  const constant = smallInt(right)
  if (constant !== null) {
    // Not `sign * constant`, which is -0 for a 0.
    return variableAndTerm(left.level, left.slot, sign < 0 ? 0 - constant : constant)
  }
  if (right.kind !== NodeKind.Local) return null
  const of2 = sign < 0 ? difference : sum
  return of2(left.level, left.slot, right.level, right.slot)
}

function smallInt(node: Node): number | null {
  return node.kind === NodeKind.Int && typeof node.value === 'number' ? node.value : null
}

// What a closure captures comes as parameters: V8 checks captured constants each time they are used,
// as they might not have been initialised yet.

function variableAndTerm(level: number, slot: number, term: number): Quick<number> {
  return (environment) => {
    const value = numberIn(environment, level, slot)
    return value === undefined ? undefined : exact(value + term)
  }
}

function sum(
  leftLevel: number,
  leftSlot: number,
  rightLevel: number,
  rightSlot: number,
): Quick<number> {
  return (environment) => {
    const a = numberIn(environment, leftLevel, leftSlot)
    if (a === undefined) return undefined
    const b = numberIn(environment, rightLevel, rightSlot)
    return b === undefined ? undefined : exact(a + b)
  }
}

function difference(
  leftLevel: number,
  leftSlot: number,
  rightLevel: number,
  rightSlot: number,
): Quick<number> {
  return (environment) => {
    const a = numberIn(environment, leftLevel, leftSlot)
    if (a === undefined) return undefined
    const b = numberIn(environment, rightLevel, rightSlot)
    return b === undefined ? undefined : exact(a - b)
  }
}

/** A sum of two integers, if doubles hold it: V8 does without the check where both are small. */
export function exact(sum: number): number | undefined {
  return sum <= Number.MAX_SAFE_INTEGER && sum >= -Number.MAX_SAFE_INTEGER ? sum : undefined
}

/** The number that a variable holds; undefined if it holds something else, or has not been forced. */
function numberIn(environment: Environment, level: number, slot: number): number | undefined {
  let found = environment
  for (let i = level; i > 0; i--) found = found.parent as Environment
  const held = slotIn(found, slot) as Slot
  if (typeof held === 'number') return held
  if (held instanceof Thunk && held.code === null) {
    return typeof held.payload === 'number' ? held.payload : undefined
  }
  return undefined
}

/** Quick code for comparing variables and integers by `<` and its kin; null for other operands. */
export function quickComparison({ operator, left, right }: ArithmeticNode): Quick<boolean> | null {
  // Of integers `a <= b` is `!(b < a)`, and with a constant one `a < b + 1`.
  switch (operator) {
    case ArithmeticOperator.Less:
      return lessThan(left, right, true)
    case ArithmeticOperator.Greater:
      return lessThan(right, left, true)
    case ArithmeticOperator.LessOrEqual:
      return lessThan(right, left, false)
    case ArithmeticOperator.GreaterOrEqual:
      return lessThan(left, right, false)
    default:
      return null
  }
}

/** Whether `left < right` is `wanted`. */
function lessThan(left: Node, right: Node, wanted: boolean): Quick<boolean> | null {
  const high = smallInt(right)
  if (left.kind === NodeKind.Local && high !== null) {
    return variableBelow(left.level, left.slot, high, wanted)
  }
  const low = smallInt(left)
  if (right.kind === NodeKind.Local && low !== null) {
    return variableBelow(right.level, right.slot, low + 1, !wanted)
  }
  if (left.kind !== NodeKind.Local || right.kind !== NodeKind.Local) return null
  return variablesInOrder(left.level, left.slot, right.level, right.slot, wanted)
}

function variableBelow(
  level: number,
  slot: number,
  limit: number,
  wanted: boolean,
): Quick<boolean> {
  return (environment) => {
    const value = numberIn(environment, level, slot)
    return value === undefined ? undefined : value < limit === wanted
  }
}

function variablesInOrder(
  leftLevel: number,
  leftSlot: number,
  rightLevel: number,
  rightSlot: number,
  wanted: boolean,
): Quick<boolean> {
  return (environment) => {
    const a = numberIn(environment, leftLevel, leftSlot)
    if (a === undefined) return undefined
    const b = numberIn(environment, rightLevel, rightSlot)
    return b === undefined ? undefined : a < b === wanted
  }
}

/** Quick code for `==` and `!=` of a variable and an integer; null for other operands. */
export function quickEquation({ kind, left, right }: BinaryNode): Quick<boolean> | null {
  const wanted = kind === NodeKind.Equal
  const constant = smallInt(right)
  if (left.kind !== NodeKind.Local || constant === null) return null
  return variableIs(left.level, left.slot, constant, wanted)
}

function variableIs(
  level: number,
  slot: number,
  constant: number,
  wanted: boolean,
): Quick<boolean> {
  return (environment) => {
    const value = numberIn(environment, level, slot)
    return value === undefined ? undefined : (value === constant) === wanted
  }
}
