import { AttributeSet } from './attribute-set'
import { NixError } from './errors'
import type { Resumable } from './machine'
import type { Slot, Value } from './values'

/** Forces a slot and everything within it, in order, each value once. Gives the slot's value. */
export function* forceDeepResumable(slot: Slot): Resumable {
  const seen = new Set<unknown>()
  const root: Value = yield slot
  yield visit(root, seen)
  return root
}

function* visit(value: Value, seen: Set<unknown>): Resumable {
  if (Array.isArray(value)) {
    if (seen.has(value)) return null
    seen.add(value)
    for (let i = 0; i < value.length; i++) {
      const element: Value = yield value[i]
      if (isContainer(element)) yield visit(element, seen)
    }
  } else if (value instanceof AttributeSet) {
    if (seen.has(value)) return null
    seen.add(value)
    for (let i = 0; i < value.size; i++) {
      try {
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
  return null
}

/** Only lists and sets have something within. */
function isContainer(value: Value): boolean {
  return Array.isArray(value) || value instanceof AttributeSet
}
