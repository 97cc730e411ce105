/** Why two values are not equal, as failed assertions tell it: what differs, and where. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { Position } from '../language/tree'
import { isNumber } from './arithmetic'
import { AttributeSet } from './attribute-set'
import { equalResumable, isDerivation } from './equality'
import { NixError } from './errors'
import type { Resumable } from './machine'
import { printForError } from './print-value'
import { describeType, typeName } from './type-names'
import type { List, Slot, Value } from './values'

/**
 * Throws what makes two values unequal; the position is that of the `==`. Follows equality.ts step by
 * step.
 */
export function* explainInequality(left: Value, right: Value, position: Position): Resumable {
  if (isNumber(left) && isNumber(right)) {
    if ((yield equalResumable(left, right, position)) === true) return null
    throw unequal(described(left, 'with'), described(right, 'with'))
  }
  const type = typeName(left)
  if (type !== typeName(right)) throw unequal(described(left, 'of'), described(right, 'of'))
  if (Array.isArray(left)) return yield explainLists(left as List, right as List, position)
  if (left instanceof AttributeSet) {
    return yield explainSets(left, right as AttributeSet, position)
  }
  if (type === 'lambda') {
    throw failed(
      'distinct functions and immediate comparisons of identical functions compare as unequal',
    )
  }
  if ((yield equalResumable(left, right, position)) === true) return null
  const name = type === 'bool' ? 'boolean' : type
  throw unequal(`${name} '${printForError(left)}'`, `${name} '${printForError(right)}'`)
}

function described(value: Value, preposition: 'with' | 'of'): ByteString {
  return `${describeType(value)} ${preposition} value '${printForError(value)}'`
}

function unequal(left: ByteString, right: ByteString): NixError {
  return failed(`${left} is not equal to ${right}`)
}

function failed(message: ByteString): NixError {
  return new NixError('assertion', message)
}

function* explainSlots(left: Slot, right: Slot, position: Position): Resumable {
  const a: Value = yield left
  const b: Value = yield right
  return left === right ? null : yield explainInequality(a, b, position)
}

function* explainLists(left: List, right: List, position: Position): Resumable {
  if (left.length !== right.length) {
    const sizes = `list of size '${left.length}' is not equal to list of size '${right.length}'`
    throw failed(
      `${sizes}, left hand side is '${printForError(left)}', right hand side is '${printForError(right)}'`,
    )
  }
  for (let i = 0; i < left.length; i++) {
    try {
      yield explainSlots(left[i], right[i], position)
    } catch (error) {
      throw framed(error, `while comparing list element ${i}`, position)
    }
  }
  return null
}

function* explainSets(left: AttributeSet, right: AttributeSet, position: Position): Resumable {
  if ((yield isDerivation(left)) === true && (yield isDerivation(right)) === true) {
    const a = left.get('outPath')
    const b = right.get('outPath')
    if (a !== undefined && b !== undefined) {
      try {
        return yield explainSlots(a, b, position)
      } catch (error) {
        throw framed(error, "while comparing a derivation by its 'outPath' attribute", position)
      }
    }
  }
  const shown = () => [`'${printForError(left)}'`, `'${printForError(right)}'`]
  if (left.size !== right.size) {
    const [a, b] = shown()
    throw failed(`attribute names of attribute set ${a} differs from attribute set ${b}`)
  }
  for (let i = 0; i < left.size; i++) {
    const name = left.names[i]
    const other = right.names[i]
    if (name !== other) {
      const [a, b] = shown()
      throw failed(
        right.has(name)
          ? `attribute name '${other}' is missing in ${a}, but is contained in ${b}`
          : `attribute name '${name}' is contained in ${a}, but not in ${b}`,
      )
    }
    try {
      yield explainSlots(left.slotAt(i), right.slotAt(i), position)
    } catch (error) {
      const rightPlace = right.shape.positionOf(i)
      const leftPlace = left.shape.positionOf(i)
      if (rightPlace !== 0) framed(error, 'where right hand side is', rightPlace)
      if (leftPlace !== 0) framed(error, 'where left hand side is', leftPlace)
      throw framed(error, `while comparing attribute '${name}'`, position)
    }
  }
  return null
}

function framed(error: unknown, message: ByteString, position: Position): unknown {
  if (error instanceof NixError) error.addFrame(message, position)
  return error
}
