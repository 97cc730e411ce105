/**
 * Closures of `if` and of the operators, made of those of their operands.
 *
 * What they capture are parameters: V8 checks captured constants each time they are used, as they might
 * not have been initialised yet.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import {
  NodeKind,
  type ArithmeticNode,
  type ArithmeticOperator,
  type BinaryNode,
  type IfNode,
  type Node,
  type Position,
} from '../language/tree'
import { add, coerceFirst, isSummand } from './addition'
import { arithmetic } from './arithmetic'
import { AttributeSet } from './attribute-set'
import { lessThan } from './comparison'
import type { Strict } from './compile'
import { concatContext, ifContext, leftContext, rightContext, sideContexts } from './contexts'
import { current } from './current'
import { equal } from './equality'
import { expectBoolean, expectList, expectSet } from './expect'
import { exact, quickComparison, quickEquation, quickSum, type Quick } from './number-code'
import { operandFrame, operandPosition, operatorFrame, rightFirst } from './operand-frames'
import type { Environment } from './environment'
import type { List, Value } from './values'

/** Code that gives a condition or an operand of a logical operator. */
export function booleanOf(
  code: Strict,
  context: ByteString,
  node: Node,
): (environment: Environment) => boolean {
  return (environment) => {
    let value: Value
    try {
      value = code(environment)
    } catch (error) {
      throw operandFrame(error, context, node)
    }
    if (typeof value === 'boolean') return value
    return expectBoolean(value, operandPosition(node), context)
  }
}

/** Code of `if`. */
export function conditional(condition: Strict, yes: Strict, no: Strict, node: IfNode): Strict {
  const quick = quickCondition(node.condition)
  const general = generalConditional(condition, yes, no, node)
  return quick === null ? general : quickConditional(quick, yes, no, general)
}

function quickCondition(node: Node): Quick<boolean> | null {
  switch (node.kind) {
    case NodeKind.Arithmetic:
      return quickComparison(node)
    case NodeKind.Equal:
    case NodeKind.NotEqual:
      return quickEquation(node)
    default:
      return null
  }
}

function quickConditional(quick: Quick<boolean>, yes: Strict, no: Strict, general: Strict): Strict {
  return (environment) => {
    const answer = quick(environment)
    if (answer === true) return yes(environment)
    return answer === false ? no(environment) : general(environment)
  }
}

function generalConditional(condition: Strict, yes: Strict, no: Strict, node: IfNode): Strict {
  return (environment) => {
    // As `booleanOf`, written out: a closure less in what is the most frequent of all.
    let value: Value
    try {
      value = condition(environment)
    } catch (error) {
      throw operandFrame(error, ifContext, node.condition)
    }
    if (value === true) return yes(environment)
    if (value === false) return no(environment)
    return expectBoolean(value, operandPosition(node.condition), ifContext)
  }
}

/** Code of `//`, `+`, `++`, `==` and `!=`. */
export function binary(left: Strict, right: Strict, node: BinaryNode): Strict {
  switch (node.kind) {
    case NodeKind.Update:
      return update(left, right, node)
    case NodeKind.Add:
      return first(quickSum(node), addition(left, right, node, ...sideContexts(node)))
    case NodeKind.Concat:
      return concatenation(left, right, node, ...sideContexts(node))
    default: {
      const answer = node.kind === NodeKind.Equal
      const general = equation(left, right, node, answer, ...sideContexts(node))
      return first(quickEquation(node), general)
    }
  }
}

/** Code of `-`, `*`, `/`, `<` and its kin. */
export function arithmeticCode(left: Strict, right: Strict, node: ArithmeticNode): Strict {
  const { operator, position } = node
  const general = rightFirst(operator)
    ? swapped(left, right, operator, position)
    : inOrder(left, right, operator, position)
  return first(quickSum(node) ?? quickComparison(node), general)
}

/** Tries the quick code first, where there is any. */
function first(quick: Quick<Value> | null, general: Strict): Strict {
  if (quick === null) return general
  return (environment) => quick(environment) ?? general(environment)
}

function inOrder(
  left: Strict,
  right: Strict,
  operator: ArithmeticOperator,
  position: Position,
): Strict {
  return (environment) => {
    try {
      const a = left(environment)
      const b = right(environment)
      return arithmetic(operator, a, b) ?? lessThan(operator, a, b)
    } catch (error) {
      throw operatorFrame(error, operator, position)
    }
  }
}

function swapped(
  left: Strict,
  right: Strict,
  operator: ArithmeticOperator,
  position: Position,
): Strict {
  return (environment) => {
    try {
      const b = right(environment)
      const a = left(environment)
      return arithmetic(operator, a, b) ?? lessThan(operator, a, b)
    } catch (error) {
      throw operatorFrame(error, operator, position)
    }
  }
}

function addition(
  left: Strict,
  right: Strict,
  node: BinaryNode,
  leftSide: ByteString,
  rightSide: ByteString,
): Strict {
  return (environment) => {
    let a: Value
    try {
      a = left(environment)
    } catch (error) {
      throw operandFrame(error, leftSide, node.left)
    }
    if (typeof a !== 'string' && typeof a !== 'number' && !isSummand(a)) {
      a = coerceFirst(current.evaluator, a, node)
    }
    let b: Value
    try {
      b = right(environment)
    } catch (error) {
      throw operandFrame(error, rightSide, node.right)
    }
    if (typeof a === 'number') {
      if (typeof b === 'number') {
        const sum = exact(a + b)
        if (sum !== undefined) return sum
      }
    } else if (typeof a === 'string' && typeof b === 'string') return a + b
    return add(current.evaluator, a, b, node)
  }
}

function equation(
  left: Strict,
  right: Strict,
  node: BinaryNode,
  answer: boolean,
  leftSide: ByteString,
  rightSide: ByteString,
): Strict {
  return (environment) => {
    let a: Value
    let b: Value
    let isRight = false
    try {
      a = left(environment)
      isRight = true
      b = right(environment)
    } catch (error) {
      throw isRight
        ? operandFrame(error, rightSide, node.right)
        : operandFrame(error, leftSide, node.left)
    }
    return equal(a, b, node.position) === answer
  }
}

function concatenation(
  left: Strict,
  right: Strict,
  node: BinaryNode,
  leftSide: ByteString,
  rightSide: ByteString,
): Strict {
  return (environment) => {
    let a: Value
    let b: Value
    let isRight = false
    try {
      a = left(environment)
      isRight = true
      b = right(environment)
    } catch (error) {
      throw isRight
        ? operandFrame(error, rightSide, node.right)
        : operandFrame(error, leftSide, node.left)
    }
    return concatenateLists(node, a, b)
  }
}

/** `left ++ right` */
export function concatenateLists(node: BinaryNode, left: Value, right: Value): List {
  const a = expectList(left, node.position, concatContext)
  const b = expectList(right, node.position, concatContext)
  return a.length === 0 ? b : b.length === 0 ? a : a.concat(b)
}

function update(left: Strict, right: Strict, node: BinaryNode): Strict {
  // The right operand comes first, as in Nix.
  return (environment) => {
    let isLeft = false
    try {
      const b = right(environment)
      if (!(b instanceof AttributeSet)) return expectSet(b, 0)
      isLeft = true
      const a = left(environment)
      if (!(a instanceof AttributeSet)) return expectSet(a, 0)
      return a.update(b)
    } catch (error) {
      throw updateFrame(error, node, isLeft ? node.left : node.right)
    }
  }
}

/** Adds in which operand of a chain of `//` an error arose: as in Nix, none for the links. */
export function updateFrame(error: unknown, node: BinaryNode, operand: Node): unknown {
  if (operand.kind === NodeKind.Update) return error
  const side = operand === node.left ? leftContext : rightContext
  return operandFrame(error, side('//'), operand)
}
