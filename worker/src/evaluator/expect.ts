/** Checks of what a value is, with Nix's messages where it is something else. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { printTree } from '../language/print-tree'
import type { Node, Position, SelectNode } from '../language/tree'
import { AttributeSet } from './attribute-set'
import { NixError } from './errors'
import { mismatch } from './mismatch'
import { operandPosition } from './operand-frames'
import { nearest } from './suggestions'
import { ContextString, Float, type List, type Value } from './values'

/** As in Nix, sets and lists that are none have a place only in the frame. */
function wrongType(
  expected: string,
  value: Value,
  position: Position,
  context: ByteString,
  framePosition = position,
): NixError {
  const error = mismatch(
    'type',
    expected,
    value,
    (found, shown) => `expected ${expected} but found ${found}: ${shown}`,
    position,
  )
  return context === '' ? error : error.addFrame(context, framePosition)
}

export function expectBoolean(value: Value, position: Position, context = ''): boolean {
  if (typeof value === 'boolean') return value
  throw wrongType('a Boolean', value, position, context)
}

export function expectSet(value: Value, position: Position, context = ''): AttributeSet {
  if (value instanceof AttributeSet) return value
  throw wrongType('a set', value, 0, context, position)
}

export function expectList(value: Value, position: Position, context = ''): List {
  if (Array.isArray(value)) return value as List
  throw wrongType('a list', value, 0, context, position)
}

export function expectInt(value: Value, position: Position, context = ''): number | bigint {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  throw wrongType('an integer', value, position, context)
}

/** A number as a double; integers lose what is beyond 2^53, as in Nix. */
export function expectFloat(value: Value, position: Position, context = ''): number {
  if (value instanceof Float) return value.value
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value)
  throw wrongType('a float', value, position, context)
}

/** The text of a string; its context does not matter. */
export function expectString(value: Value, position: Position, context = ''): ByteString {
  if (typeof value === 'string') return value
  if (value instanceof ContextString) return value.text
  throw wrongType('a string', value, position, context)
}

/** A string that must not refer to store paths. */
export function expectPlainString(value: Value, position: Position, context = ''): ByteString {
  if (typeof value === 'string') return value
  const text = expectString(value, position, context)
  const [element] = (value as ContextString).context
  const error = new NixError(
    'type',
    `the string '${text}' is not allowed to refer to a store path (such as '${displayContextElement(element)}')`,
    position,
  )
  throw context === '' ? error : error.addFrame(context, position)
}

/** `=/path` and `!out!/path` as messages show them. */
function displayContextElement(element: ByteString): ByteString {
  if (element.startsWith('=')) return element.slice(1)
  if (element.startsWith('!')) return element.slice(element.indexOf('!', 1) + 1)
  return element
}

/** A function, or a set that can be called. */
export function expectFunction(value: Value, position: Position, context = ''): Value {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    if (value instanceof AttributeSet) {
      if (value.has('__functor')) return value
    } else if (
      !(value instanceof ContextString) &&
      !(value instanceof Float) &&
      !('path' in value)
    ) {
      return value
    }
  }
  throw wrongType('a function', value, position, context)
}

/** The value of `${…}` in an attribute path. */
export function expectName(value: Value, name: Node): ByteString {
  return expectPlainString(value, operandPosition(name), 'while evaluating an attribute name')
}

export function undefinedVariable(name: ByteString, position: Position): NixError {
  return new NixError('undefined-variable', `undefined variable '${name}'`, position)
}

/** The place is told by the frame that describeSelection adds. */
export function attributeMissing(set: AttributeSet, name: ByteString): NixError {
  return new NixError(
    'missing-attribute',
    `attribute '${name}' missing`,
    0,
    nearest(name, set.names),
  )
}

/** Adds the frames of a selection: which attribute path, and where the attribute is defined. */
export function describeSelection(
  error: NixError,
  reached: readonly ByteString[],
  node: SelectNode,
  definition: Position,
): NixError {
  if (definition !== 0) error.addFrame(`from the definition of '${reached.join('.')}'`, definition)
  return error.addFrame(
    `while evaluating the attribute '${showPath(node, reached)}'`,
    node.position,
  )
}

function showPath(node: SelectNode, reached: readonly ByteString[]): ByteString {
  return node.path
    .map((name, index) =>
      typeof name === 'string' ? name : (reached[index] ?? `"\${${printTree(name)}}"`),
    )
    .join('.')
}
