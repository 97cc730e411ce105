import { placeOfSlot } from './application'
import { AttributeSet } from './attribute-set'
import { NixError } from './errors'
import { checkLevel, enterLevel } from './levels'
import type { Resumable } from './machine'
import { native } from './native-stack'
import type { Slot, Value } from './values'

/** Forces a slot and everything within it, in order, each value once. Gives the slot's value. */
export function* forceDeepResumable(slot: Slot): Resumable {
  const seen = new Set<unknown>()
  const root: Value = yield slot
  if (isContainer(root)) yield visit(root, seen)
  return root
}

function* visit(value: Value, seen: Set<unknown>): Resumable {
  if (seen.has(value)) return null
  seen.add(value)
  const level = enterLevel(0)
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      try {
        checkLevel(placeOfSlot(value[i]))
        const element: Value = yield value[i]
        if (isContainer(element)) yield visit(element, seen)
      } catch (error) {
        if (error instanceof NixError) {
          error.addFrame(`while evaluating list element at index ${i}`, 0)
        }
        throw error
      }
    }
  } else if (value instanceof AttributeSet) {
    for (let i = 0; i < value.size; i++) {
      try {
        checkLevel(placeOfSlot(value.slots[i]))
        const attribute: Value = yield value.slots[i]
        if (isContainer(attribute)) yield visit(attribute, seen)
      } catch (error) {
        if (error instanceof NixError) {
          const position = value.shape.positionOf(i)
          error.addFrame(`while evaluating the attribute '${value.names[i]}'`, position)
        }
        throw error
      }
    }
  }
  native.callDepth = level
  return null
}

/** Only lists and sets have something within. */
function isContainer(value: Value): boolean {
  return Array.isArray(value) || value instanceof AttributeSet
}
