import { placeOfSlot } from './application'
import { AttributeSet } from './attribute-set'
import { NixError } from './errors'
import { checkLevel, enterLevel } from './levels'
import type { Resumable } from './machine'
import { native } from './native-stack'
import { force, Thunk } from './thunk'
import type { Slot, Value } from './values'

/** Forces a slot and everything within it, in order, each value once. Gives the slot's value. */
export function* forceDeepResumable(slot: Slot): Resumable {
  const level = enterLevel(placeOfSlot(slot))
  const root: Value = yield slot
  if (isContainer(root)) yield visit(root, new Set())
  native.callDepth = level
  return root
}

/** A level of its own counts for each value within another, as in Nix. */
function* within(slot: Slot, seen: Set<unknown>): Resumable {
  const level = enterLevel(placeOfSlot(slot))
  const value: Value = yield slot
  if (isContainer(value)) yield visit(value, seen)
  native.callDepth = level
  return null
}

function* visit(value: Value, seen: Set<unknown>): Resumable {
  if (seen.has(value)) return null
  seen.add(value)
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      try {
        const element = value[i] as Slot
        if (needsVisit(element)) yield within(element, seen)
        else checkLevel(0)
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
        const attribute = value.slotAt(i)
        if (needsVisit(attribute)) yield within(attribute, seen)
        else checkLevel(placeOfSlot(attribute))
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

function needsVisit(slot: Slot): boolean {
  return slot instanceof Thunk ? slot.code !== null || isContainer(force(slot)) : isContainer(slot)
}

/** Only lists and sets have something within. */
function isContainer(value: Value): boolean {
  return Array.isArray(value) || value instanceof AttributeSet
}
