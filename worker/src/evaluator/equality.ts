/** `==`: deep, forcing as it goes; functions are never equal, unless they are the same slot. */
import type { Position } from '../language/tree'
import { AttributeSet } from './attribute-set'
import { runResumable, type Resumable } from './machine'
import { native } from './native-stack'
import { force, Thunk } from './thunk'
import { ContextString, Float, Path, type List, type Slot, type Value } from './values'

/** Whether two values are equal. */
export function equal(left: Value, right: Value, position: Position): boolean {
  const direct = equalDirectly(left, right)
  if (direct !== undefined) return direct
  const depth = native.depth
  if (depth >= native.limit) return runResumable(equalResumable(left, right, position)) === true
  native.depth = depth + 1
  const answer = Array.isArray(left)
    ? equalLists(left, right as List, position)
    : equalSets(left as AttributeSet, right as AttributeSet, position)
  native.depth = depth
  return answer
}

function equalLists(left: List, right: List, position: Position): boolean {
  for (let i = 0; i < left.length; i++) if (!sameOrEqual(left[i], right[i], position)) return false
  return true
}

function equalSets(left: AttributeSet, right: AttributeSet, position: Position): boolean {
  if (saysDerivation(left) && saysDerivation(right)) {
    const first = left.get('outPath')
    const second = right.get('outPath')
    if (first !== undefined && second !== undefined) return sameOrEqual(first, second, position)
  }
  if (!haveSameNames(left, right)) return false
  const a = left.slots
  const b = right.slots
  for (let i = 0; i < a.length; i++) if (!sameOrEqual(a[i], b[i], position)) return false
  return true
}

/** As `isDerivation`, native. */
export function saysDerivation(set: AttributeSet): boolean {
  const type = set.get('type')
  return type !== undefined && force(type) === 'derivation'
}

/** Whether two slots are equal; of `equalSlots` it is the native form. */
function sameOrEqual(left: Slot, right: Slot, position: Position): boolean {
  const a = force(left)
  return left === right || equal(a, force(right), position)
}

function haveSameNames(left: AttributeSet, right: AttributeSet): boolean {
  if (left.size !== right.size) return false
  if (left.shape === right.shape) return true
  const a = left.names
  const b = right.names
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** The answer where it takes no forcing; undefined for two lists or two sets. */
function equalDirectly(left: Value, right: Value): boolean | undefined {
  switch (typeof left) {
    case 'number':
      return left === right || (right instanceof Float && right.value === left)
    case 'bigint':
      return left === right || (right instanceof Float && right.value === Number(left))
    case 'boolean':
      return left === right
    case 'string':
      return left === right || (right instanceof ContextString && right.text === left)
  }
  if (left === null) return right === null
  if (Array.isArray(left)) {
    if (!Array.isArray(right) || left.length !== right.length) return false
    return left.length === 0 ? true : undefined
  }
  if (left instanceof AttributeSet) return right instanceof AttributeSet ? undefined : false
  if (left instanceof ContextString) {
    return left.text === (right instanceof ContextString ? right.text : right)
  }
  if (left instanceof Float) {
    if (right instanceof Float) return left.value === right.value
    return typeof right === 'number' || typeof right === 'bigint'
      ? left.value === Number(right)
      : false
  }
  if (left instanceof Path) return right instanceof Path && left.path === right.path
  return false
}

/** As `equal`, resumable. */
export function* equalResumable(left: Value, right: Value, position: Position): Resumable {
  const direct = equalDirectly(left, right)
  if (direct !== undefined) return direct
  if (Array.isArray(left)) {
    const a = left as List
    const b = right as List
    for (let i = 0; i < a.length; i++) {
      if (!((yield equalSlots(a[i], b[i], position)) as boolean)) return false
    }
    return true
  }
  const a = left as AttributeSet
  const b = right as AttributeSet
  if ((yield isDerivation(a)) && (yield isDerivation(b))) {
    const first = a.get('outPath')
    const second = b.get('outPath')
    if (first !== undefined && second !== undefined) {
      return yield equalSlots(first, second, position)
    }
  }
  if (!haveSameNames(a, b)) return false
  for (let i = 0; i < a.size; i++) {
    if (!((yield equalSlots(a.slotAt(i), b.slotAt(i), position)) as boolean)) return false
  }
  return true
}

/**
 * Elements are forced first; one slot then equals itself, even if it holds a function. Two slots that
 * came to hold the same function are not equal: Nix compares where values lie.
 */
function* equalSlots(left: Slot, right: Slot, position: Position): Resumable {
  const a: Value = left instanceof Thunk ? yield left : left
  if (left === right) return true
  const b: Value = right instanceof Thunk ? yield right : right
  const direct = equalDirectly(a, b)
  return direct ?? (yield equalResumable(a, b, position))
}

/** Whether a set is a derivation: its `type` says so. */
export function* isDerivation(set: AttributeSet): Resumable {
  const type = set.get('type')
  if (type === undefined) return false
  const value: Value = yield type
  return value === 'derivation'
}
