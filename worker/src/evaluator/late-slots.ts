/**
 * Slots of large sets that are made when somebody asks for them: of the ten thousand packages that a
 * collection writes down, an evaluation needs a few hundred.
 */
import type { Slot } from './values'

/** Sets of so many attributes may have slots that are not made yet. */
export const wideSet = 128

/** By array of slots: what makes those that are not there yet. */
const makers = new WeakMap<readonly Slot[], (index: number) => Slot>()

/** Leaves the slots that an array does not hold yet to a maker. */
export function makeLater(slots: readonly Slot[], make: (index: number) => Slot): void {
  makers.set(slots, make)
}

/** Makes the slot at an index where there is none yet. */
export function lateSlot(slots: readonly Slot[], index: number): Slot {
  const make = makers.get(slots) as (index: number) => Slot
  return ((slots as Slot[])[index] = make(index))
}

/** An array of slots, once all of them are made. */
export function withAllSlots(slots: readonly Slot[]): readonly Slot[] {
  const make = makers.get(slots)
  if (make === undefined) return slots
  for (let i = 0; i < slots.length; i++) {
    if ((slots[i] as Slot | undefined) === undefined) (slots as Slot[])[i] = make(i)
  }
  makers.delete(slots)
  return slots
}
